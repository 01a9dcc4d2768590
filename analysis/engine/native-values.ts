import type { Signature, Type } from "typescript/unstable/sync";
import { is, type Node } from "../syntax.ts";
import { answer, remembered } from "./native-answer.ts";
import type { RemoteSymbol } from "./native-api.ts";
import type { NativeChecker } from "./native-checker.ts";
import type { NativeNames } from "./native-names.ts";
import type { NativePromises } from "./native-promises.ts";
import type { PromiseType, ValueAnswer } from "./type-engine.ts";

// The same definitions as in morph-values.ts, which explains them.

/** What can be said of a value's type besides whether it is a promise. */
export class NativeValues {
  private readonly checker: NativeChecker;
  private readonly names: NativeNames;
  private readonly promises: NativePromises;

  constructor(checker: NativeChecker, names: NativeNames, promises: NativePromises) {
    this.checker = checker;
    this.names = names;
    this.promises = promises;
  }

  at(expression: Node): ValueAnswer {
    return this.describe(this.checker.typeAt(expression));
  }

  private readonly describe = remembered((type: Type | undefined): ValueAnswer => {
    const { checker } = this;
    const parts = type === undefined ? [] : checker.parts(type);
    const present = type && checker.present(type);
    const apparent = present && checker.bound(present);
    const element = () => (apparent === undefined ? undefined : this.elementOf(apparent));
    const wellKnown = () => (apparent === undefined ? NONE : checker.wellKnown(apparent));
    return answer<ValueAnswer>({
      opaque: () => apparent === undefined || checker.isOpaque(apparent),
      nullable: () => parts.some((it) => checker.isNothing(it)),
      generic: () => parts.some((it) => checker.isOpen(it)),
      primitive: () => type !== undefined && parts.every((it) => checker.isPrimitive(it)),
      callResult: () => this.resultOf(apparent),
      leastArguments: () => this.leastArguments(apparent),
      elements: () => {
        const each = element();
        return each && this.promises.ofType(each).extent;
      },
      elementCallResult: () => this.resultOf(element()),
      type: () => present && this.names.ofType(present),
      gives: () => (type === undefined ? "unknown" : this.awaitedOf(type)),
      maybePromise: () => this.isMaybePromise(parts),
      iteration: () => {
        const names = wellKnown();
        return names.has("asyncIterator") ? "async" : names.has("iterator") ? "sync" : "none";
      },
      generator: () => present && generatorOf(present),
      disposal: () => {
        const names = wellKnown();
        if (names.has("asyncDispose")) return names.has("dispose") ? "both" : "async";
        return names.has("dispose") ? "sync" : "none";
      },
    });
  });

  private resultOf(type: Type | undefined): PromiseType | undefined {
    const [first] = type === undefined ? [] : this.checker.calls(type);
    return first && this.promises.ofType(this.checker.returnType(first));
  }

  private elementOf(type: Type): Type | undefined {
    if (this.checker.isOpaque(type) || this.checker.isPrimitive(type)) return undefined;
    return this.checker.isArrayLike(type) ? this.checker.element(type) : undefined;
  }

  private leastArguments(type: Type | undefined): number {
    const signatures = type === undefined ? [] : this.checker.calls(type);
    if (signatures.length === 0) return 0;
    return Math.min(...signatures.map((it) => this.requiredOf(it)));
  }

  private requiredOf(signature: Signature): number {
    return signature.getParameters().filter((it) => isRequired(it, this.names)).length;
  }

  private awaitedOf(type: Type): ValueAnswer["gives"] {
    const { checker } = this;
    const awaited = [...new Set(this.promises.awaited(type))];
    const [only] = awaited.length === 1 ? awaited : [];
    if (only !== undefined && checker.isOpen(only)) return "unknown";
    if (awaited.some((it) => checker.isOpaque(it))) return "unknown";
    return awaited.every((it) => checker.isEmpty(it)) ? "nothing" : "something";
  }

  /** `T | Promise<T>` in whatever spelling; `false | Promise<Answer>` is something else. */
  private isMaybePromise(parts: readonly Type[]): boolean {
    if (parts.length < 2) return false;
    const others = parts.filter((it) => this.promises.ofType(it).extent === "none");
    const promises = parts.filter((it) => !others.includes(it));
    const awaited = promises.flatMap((it) => this.promises.awaited(it));
    if (others.length === 0 || awaited.length === 0) return false;
    return (
      others.every((other) => awaited.some((it) => this.checker.isSame(it, other))) &&
      awaited.every((it) => others.some((other) => this.checker.isSame(it, other)))
    );
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Whether a call has to have an argument for the parameter, as far as its declaration says. */
export function isRequired({ valueDeclaration }: RemoteSymbol, names: NativeNames): boolean {
  const parameter = names.declarationOf(valueDeclaration);
  if (!is.Parameter(parameter)) return true;
  const { questionToken, initializer, dotDotDotToken } = parameter;
  return questionToken === undefined && initializer === undefined && dotDotDotToken === undefined;
}

/** Generator objects have names of their own in the library; iterators in general do not count. */
function generatorOf(type: Type): ValueAnswer["generator"] {
  const name = type.getSymbol()?.name;
  return name === "AsyncGenerator" ? "async" : name === "Generator" ? "sync" : undefined;
}

import { ts } from "ts-morph";
import {
  boundOf,
  callSignatures,
  INSTANTIABLE,
  isNullable,
  isOpaque,
  partsOf,
  PRIMITIVE,
} from "./morph-flags.ts";
import type { MorphNames } from "./morph-names.ts";
import type { PromiseType, ValueAnswer } from "./type-engine.ts";

/** What can be said of a value's type besides whether it is a promise. */
export class MorphValues {
  private readonly checker: ts.TypeChecker;
  private readonly names: MorphNames;
  private readonly answers = new WeakMap<ts.Type, ValueAnswer>();
  private readonly promiseType: (type: ts.Type) => PromiseType;

  constructor(
    checker: ts.TypeChecker,
    names: MorphNames,
    promiseType: (type: ts.Type) => PromiseType,
  ) {
    this.checker = checker;
    this.names = names;
    this.promiseType = promiseType;
  }

  of(type: ts.Type): ValueAnswer {
    let answer = this.answers.get(type);
    if (answer === undefined) this.answers.set(type, (answer = this.describe(type)));
    return answer;
  }

  private describe(type: ts.Type): ValueAnswer {
    const present = this.checker.getNonNullableType(type);
    const apparent = boundOf(present, this.checker);
    const element = apparent && this.elementOf(apparent);
    const signatures = apparent === undefined ? [] : callSignatures(apparent);
    return {
      opaque: apparent === undefined || isOpaque(apparent),
      nullable: isNullable(type),
      generic: dependsOnParameters(type),
      primitive: isPrimitive(type, this.checker),
      callResult: this.resultOf(signatures),
      leastArguments: signatures.length === 0 ? 0 : Math.min(...signatures.map(leastArguments)),
      elements: element && this.promiseType(element).extent,
      elementCallResult: element && this.resultOf(callSignatures(element)),
      type: this.names.ofType(present),
      gives: this.awaitedOf(type),
      maybePromise: this.isMaybePromise(type),
      iteration: this.has(apparent, "asyncIterator")
        ? "async"
        : this.has(apparent, "iterator")
          ? "sync"
          : "none",
      generator: generatorOf(present),
      disposal: this.disposalOf(apparent),
    };
  }

  private resultOf(signatures: readonly ts.Signature[]): PromiseType | undefined {
    const [first] = signatures;
    return first && this.promiseType(this.checker.getReturnTypeOfSignature(first));
  }

  private elementOf(type: ts.Type): ts.Type | undefined {
    if (isOpaque(type) || !this.checker.isArrayLikeType(type)) return undefined;
    return this.checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  }

  private awaitedOf(type: ts.Type): ValueAnswer["gives"] {
    const awaited = this.checker.getAwaitedType(type);
    if (awaited === undefined || isOpaque(awaited) || awaited.flags & INSTANTIABLE) {
      return "unknown";
    }
    const nothing = ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Never;
    return partsOf(awaited).every((it) => it.flags & nothing) ? "nothing" : "something";
  }

  /** `T | Promise<T>` in whatever spelling; `false | Promise<Answer>` is something else. */
  private isMaybePromise(type: ts.Type): boolean {
    if (!type.isUnion()) return false;
    const others = type.types.filter((it) => this.promiseType(it).extent === "none");
    const awaited = type.types
      .filter((it) => !others.includes(it))
      .flatMap((it) => partsOf(this.checker.getAwaitedType(it) ?? it));
    if (others.length === 0 || awaited.length === 0) return false;
    const same = (a: ts.Type, b: ts.Type) =>
      this.checker.isTypeAssignableTo(a, b) && this.checker.isTypeAssignableTo(b, a);
    return (
      others.every((other) => awaited.some((it) => same(it, other))) &&
      awaited.every((it) => others.some((other) => same(it, other)))
    );
  }

  private has(type: ts.Type | undefined, symbol: string): boolean {
    if (type === undefined) return false;
    return partsOf(type).every((part) =>
      this.checker
        .getPropertiesOfType(this.checker.getApparentType(part))
        .some((it) => it.escapedName.toString().startsWith(`__@${symbol}@`)),
    );
  }

  private disposalOf(type: ts.Type | undefined): ValueAnswer["disposal"] {
    const async = this.has(type, "asyncDispose");
    const sync = this.has(type, "dispose");
    return async && sync ? "both" : async ? "async" : sync ? "sync" : "none";
  }
}

/** A type parameter that has to be a string is no object either. */
function isPrimitive(type: ts.Type, checker: ts.TypeChecker): boolean {
  return partsOf(type).every((part) => {
    const bound = boundOf(part, checker);
    return bound !== undefined && partsOf(bound).every((it) => (it.flags & PRIMITIVE) !== 0);
  });
}

function dependsOnParameters(type: ts.Type): boolean {
  return partsOf(type).some((it) => (it.flags & INSTANTIABLE) !== 0);
}

function leastArguments(signature: ts.Signature): number {
  return signature.parameters.filter(isRequired).length;
}

/** Whether a call has to have an argument for the parameter, as far as its declaration says. */
export function isRequired({ valueDeclaration }: ts.Symbol): boolean {
  if (valueDeclaration === undefined || !ts.isParameter(valueDeclaration)) return true;
  const { questionToken, initializer, dotDotDotToken } = valueDeclaration;
  return questionToken === undefined && initializer === undefined && dotDotDotToken === undefined;
}

/** Generator objects have names of their own in the library; iterators in general do not count. */
function generatorOf(type: ts.Type): ValueAnswer["generator"] {
  const name = type.symbol?.name;
  return name === "AsyncGenerator" ? "async" : name === "Generator" ? "sync" : undefined;
}

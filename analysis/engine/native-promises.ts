import type { Type } from "typescript/unstable/sync";
import { is, Kind, type Node, unwrapped } from "../syntax.ts";
import { remembered } from "./native-answer.ts";
import type { NativeChecker } from "./native-checker.ts";
import type { NativeNames } from "./native-names.ts";
import { LINTER_BRAND, type PromiseType, type TypeName } from "./type-engine.ts";

// The same definitions as in morph-promises.ts. There the type of a call is the last thing to ask
// for; here it is cheap, and what costs is the number of messages, so it is asked for in bulk.

const NEVER_NOTHING = { nullable: false, orVoid: false, floats: false } as const;
export const NO_PROMISE: PromiseType = { extent: "none", names: [], ...NEVER_NOTHING };
export const NOTHING_KNOWN: PromiseType = { extent: "unknown", names: [], ...NEVER_NOTHING };

export class NativePromises {
  private readonly checker: NativeChecker;
  private readonly names: NativeNames;

  constructor(checker: NativeChecker, names: NativeNames) {
    this.checker = checker;
    this.names = names;
  }

  at(expression: Node): PromiseType {
    const typed = typedPart(expression);
    return typed === undefined ? NO_PROMISE : this.ofType(this.checker.typeAt(typed));
  }

  readonly ofType = remembered((type: Type | undefined): PromiseType => {
    if (type === undefined) return NOTHING_KNOWN;
    const names: TypeName[] = [];
    const nullable = this.checker.isNullable(type);
    const orVoid = this.checker.isOrVoid(type);
    let others = 0;
    let unknown = false;
    let floats = true;
    for (const part of this.checker.parts(type)) {
      if (this.checker.isNothing(part)) continue;
      const thenable = this.isThenable(part);
      if (thenable === undefined) unknown = true;
      else if (thenable) {
        names.push(this.names.ofType(part) ?? { name: "", module: "own" });
        floats &&= this.isLeftAlone(part);
      } else others += 1;
    }
    if (unknown) return { extent: "unknown", names, nullable, orVoid, floats: false };
    const extent = names.length === 0 ? "none" : others === 0 ? "all" : "some";
    if (extent === "none") return nullable ? { ...NO_PROMISE, nullable, orVoid } : NO_PROMISE;
    return { extent, names, nullable, orVoid, floats };
  });

  /** What waiting for a value of this type may give, part by part; the server does not say. */
  readonly awaited = remembered((type: Type): readonly Type[] =>
    this.checker.parts(type).flatMap((part) => {
      const given = this.isThenable(part) === true ? this.givenTo(part) : [];
      const values = given.flatMap((it) => this.checker.parts(it)).filter((it) => it !== part);
      return values.length === 0 ? [part] : values.flatMap((it) => this.awaited(it));
    }),
  );

  /** The language's own definition: `then` is callable and takes a callback. Undefined: unknown. */
  private isThenable(type: Type): boolean | undefined {
    const bounded = this.checker.bound(type);
    if (bounded === undefined || this.checker.isOpaque(bounded)) return undefined;
    if (this.checker.isPrimitive(bounded)) return false;
    if (bounded.isUnionType()) {
      const parts = new Set(this.checker.parts(bounded).map((it) => this.isThenable(it)));
      return parts.has(true) ? true : parts.has(undefined) ? undefined : false;
    }
    // One answer for all `Promise<…>`: type arguments do not give or take a `then`.
    return this.hasThen(bounded.isTypeReference() ? bounded.getTarget() : bounded);
  }

  private readonly hasThen = remembered((type: Type) => 0 < this.callbacksOf(type).length);

  /** Whether a thenable is made to be left alone (see PromiseType). */
  private isLeftAlone(type: Type): boolean {
    const bounded = this.checker.bound(type) ?? type;
    return this.isMadeToFloat(bounded.isTypeReference() ? bounded.getTarget() : bounded);
  }

  private readonly isMadeToFloat = remembered((type: Type) => {
    if (this.checker.property(type, LINTER_BRAND) !== undefined) return true;
    const thens = this.thens(type);
    const given = thens.map((it) => this.checker.returnType(it));
    return 0 < given.length && given.every((it) => it !== undefined && this.checker.isOrVoid(it));
  });

  /** What the callback of `then` is called with. */
  private givenTo(type: Type): readonly Type[] {
    const [callback] = this.callbacksOf(type);
    return callback?.flatMap((it) => this.checker.parameterType(it, 0) ?? []) ?? [];
  }

  private callbacksOf(type: Type) {
    return this.thens(type)
      .map((it) => this.checker.parameterType(it, 0))
      .map((it) => (it === undefined ? [] : this.checker.calls(this.checker.present(it))))
      .filter((it) => 0 < it.length);
  }

  private thens(type: Type) {
    const then = this.checker.property(type, "then");
    const method = then && this.checker.typeOf(then);
    return method === undefined ? [] : this.checker.calls(method);
  }
}

/** The node whose type says whether an expression is a promise; undefined where syntax says no. */
export function typedPart(written: Node): Node | undefined {
  const inner = unwrapped(written);
  if (NEVER_A_PROMISE.has(inner.kind)) return undefined;
  // An assertion may say more, or less, than the expression inside.
  if (inner !== written && !is.ParenthesizedExpression(written)) return written;
  return is.BinaryExpression(inner) && isArithmetic(inner.operatorToken.kind) ? undefined : inner;
}

function isArithmetic(operator: number): boolean {
  const compares = Kind.LessThanToken <= operator && operator <= Kind.CaretToken;
  return compares || operator === Kind.InKeyword || operator === Kind.InstanceOfKeyword;
}

/** Kinds of expression that give no promise whatever is inside. */
const NEVER_A_PROMISE: ReadonlySet<number> = new Set([
  Kind.StringLiteral,
  Kind.NumericLiteral,
  Kind.BigIntLiteral,
  Kind.NoSubstitutionTemplateLiteral,
  Kind.TemplateExpression,
  Kind.RegularExpressionLiteral,
  Kind.TrueKeyword,
  Kind.FalseKeyword,
  Kind.NullKeyword,
  Kind.ArrowFunction,
  Kind.FunctionExpression,
  Kind.ClassExpression,
  Kind.ArrayLiteralExpression,
  Kind.VoidExpression,
  Kind.TypeOfExpression,
  Kind.DeleteExpression,
  Kind.PrefixUnaryExpression,
  Kind.PostfixUnaryExpression,
]);

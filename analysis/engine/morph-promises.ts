import { ts } from "ts-morph";
import {
  boundOf,
  callSignatures,
  dependsOnTypeArguments,
  isNothing,
  isNullable,
  isOrVoid,
  isOpaque,
  partsOf,
  PRIMITIVE,
} from "./morph-flags.ts";
import { MorphNames } from "./morph-names.ts";
import { calleeName, inner } from "./morph-syntax.ts";
import { LINTER_BRAND, type PromiseType, type TypeName } from "./type-engine.ts";

// Asking the checker for the type of a call makes it check the arguments, and with them whole
// callback bodies; so the cheap questions come first: what the expression's syntax excludes, then
// what the declaration of the callee says, and only then the call itself.

const NEVER_NOTHING = { nullable: false, orVoid: false, floats: false } as const;
export const NO_PROMISE: PromiseType = { extent: "none", names: [], ...NEVER_NOTHING };
export const NOTHING_KNOWN: PromiseType = { extent: "unknown", names: [], ...NEVER_NOTHING };

/** What is a promise, asked of the checker as late and as little as possible. */
export class MorphPromises {
  protected readonly checker: ts.TypeChecker;
  protected readonly names: MorphNames;
  private readonly promises = new WeakMap<ts.Type, PromiseType>();
  private readonly returns = new WeakMap<ts.Symbol, PromiseType | "ask">();
  private readonly returnTypes = new WeakMap<ts.Symbol, ts.Type | "ask">();

  constructor(program: ts.Program) {
    this.checker = program.getTypeChecker();
    this.names = new MorphNames(program, this.checker);
  }

  /** What is known of a call's promise before its arguments are looked at, else the whole type. */
  protected promiseOf(written: ts.Node): PromiseType {
    const node = ts.isExpression(written) ? inner(written) : written;
    if (NEVER_A_PROMISE.has(node.kind)) return NO_PROMISE;
    // An assertion may say more, or less, than the expression inside.
    if (node !== written && !ts.isParenthesizedExpression(written)) return this.asTyped(written);
    if (ts.isBinaryExpression(node) && isArithmetic(node.operatorToken.kind)) return NO_PROMISE;
    if (ts.isCallExpression(node)) {
      const known = this.declaredReturn(node);
      if (known !== undefined) return known;
    }
    return this.asTyped(node);
  }

  private asTyped(node: ts.Node): PromiseType {
    return this.promiseType(this.checker.getTypeAtLocation(node));
  }

  /** The type of a value; of a call that its arguments have no part in, without looking at them. */
  protected typeOf(node: ts.Node): ts.Type {
    const declared = ts.isCallExpression(node) ? this.declaredType(node) : undefined;
    return declared ?? this.checker.getTypeAtLocation(node);
  }

  private declaredType(call: ts.CallExpression): ts.Type | undefined {
    const symbol = ts.isOptionalChain(call) ? undefined : this.calledBy(call);
    if (symbol === undefined) return undefined;
    let known = this.returnTypes.get(symbol);
    if (known === undefined) {
      const signatures = callSignatures(this.checker.getTypeOfSymbol(symbol));
      const [type, another] = new Set(
        signatures.map((it) => this.checker.getReturnTypeOfSignature(it)),
      );
      const isOne = type !== undefined && another === undefined && !dependsOnTypeArguments(type);
      known = isOne && signatures.every((it) => it.typeParameters === undefined) ? type : "ask";
      this.returnTypes.set(symbol, known);
    }
    return known === "ask" ? undefined : known;
  }

  private calledBy(call: ts.CallExpression): ts.Symbol | undefined {
    const symbol = this.checker.getSymbolAtLocation(calleeName(call.expression));
    const isAlias = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return isAlias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  private declaredReturn(call: ts.CallExpression): PromiseType | undefined {
    const symbol = this.calledBy(call);
    if (symbol === undefined) return undefined;
    let known = this.returns.get(symbol);
    if (known === undefined) {
      known = this.returnsOf(symbol) ?? "ask";
      this.returns.set(symbol, known);
    }
    if (known === "ask") return undefined;
    return ts.isOptionalChain(call) && known.extent !== "none"
      ? { ...known, nullable: true }
      : known;
  }

  /** What all overloads agree on, whatever the type arguments; undefined where they do not. */
  private returnsOf(symbol: ts.Symbol): PromiseType | undefined {
    let agreed: PromiseType | undefined;
    for (const signature of callSignatures(this.checker.getTypeOfSymbol(symbol))) {
      const type = this.checker.getReturnTypeOfSignature(signature);
      if (dependsOnTypeArguments(type)) return undefined;
      const promise = this.promiseType(type);
      if (promise.extent === "unknown" || promise.extent === "some") return undefined;
      if (agreed !== undefined && agreed.extent !== promise.extent) return undefined;
      agreed ??= promise;
    }
    return agreed;
  }

  protected promiseType(type: ts.Type): PromiseType {
    const known = this.promises.get(type);
    if (known !== undefined) return known;
    const answer = this.inspect(type);
    this.promises.set(type, answer);
    return answer;
  }

  private inspect(type: ts.Type): PromiseType {
    const names: TypeName[] = [];
    const nullable = isNullable(type);
    const orVoid = isOrVoid(type);
    let others = 0;
    let unknown = false;
    let floats = true;
    for (const constituent of partsOf(type)) {
      if (isNothing(constituent)) continue;
      const thenable = this.isThenable(constituent);
      if (thenable === undefined) unknown = true;
      else if (thenable) {
        names.push(this.names.ofType(constituent) ?? { name: "", module: "own" });
        floats &&= this.isLeftAlone(constituent);
      } else others += 1;
    }
    if (unknown) return { extent: "unknown", names, nullable, orVoid, floats: false };
    const extent = names.length === 0 ? "none" : others === 0 ? "all" : "some";
    if (extent === "none") return nullable ? { ...NO_PROMISE, nullable, orVoid } : NO_PROMISE;
    return { extent, names, nullable, orVoid, floats };
  }

  /** The language's own definition: `then` is callable and takes a callback. Undefined: unknown. */
  private isThenable(type: ts.Type): boolean | undefined {
    const bounded = boundOf(type, this.checker);
    if (bounded === undefined || isOpaque(bounded)) return undefined;
    if (bounded.flags & PRIMITIVE) return false;
    if (bounded.isUnion()) {
      const parts = new Set(bounded.types.map((it) => this.isThenable(it)));
      return parts.has(true) ? true : parts.has(undefined) ? undefined : false;
    }
    return this.thens(bounded).some((signature) => {
      const [callback] = signature.parameters;
      if (callback === undefined) return false;
      const taken = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(callback));
      return callSignatures(taken).length > 0;
    });
  }

  /** Whether a thenable is made to be left alone (see PromiseType). */
  private isLeftAlone(type: ts.Type): boolean {
    const bounded = boundOf(type, this.checker) ?? type;
    if (this.checker.getPropertyOfType(bounded, LINTER_BRAND) !== undefined) return true;
    const given = this.thens(bounded).map((it) => this.checker.getReturnTypeOfSignature(it));
    return 0 < given.length && given.every((it) => (it.flags & ts.TypeFlags.Void) !== 0);
  }

  private thens(type: ts.Type): readonly ts.Signature[] {
    const then = this.checker.getPropertyOfType(type, "then");
    return then === undefined ? [] : callSignatures(this.checker.getTypeOfSymbol(then));
  }
}

function isArithmetic(operator: ts.SyntaxKind): boolean {
  return (
    (ts.SyntaxKind.LessThanToken <= operator && operator <= ts.SyntaxKind.CaretToken) ||
    operator === ts.SyntaxKind.InKeyword ||
    operator === ts.SyntaxKind.InstanceOfKeyword
  );
}

/** Kinds of expression that give no promise whatever is inside. */
const NEVER_A_PROMISE: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NumericLiteral,
  ts.SyntaxKind.BigIntLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateExpression,
  ts.SyntaxKind.RegularExpressionLiteral,
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
  ts.SyntaxKind.NullKeyword,
  ts.SyntaxKind.ArrowFunction,
  ts.SyntaxKind.FunctionExpression,
  ts.SyntaxKind.ClassExpression,
  ts.SyntaxKind.ArrayLiteralExpression,
  ts.SyntaxKind.VoidExpression,
  ts.SyntaxKind.TypeOfExpression,
  ts.SyntaxKind.DeleteExpression,
  ts.SyntaxKind.PrefixUnaryExpression,
  ts.SyntaxKind.PostfixUnaryExpression,
]);

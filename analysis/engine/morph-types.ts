import { ts } from "ts-morph";
import type { Node } from "../syntax.ts";
import { MorphNames } from "./morph-names.ts";
import { calleeName, inner, parenthesized } from "./morph-syntax.ts";
import type {
  CalleeAnswer,
  InheritedMember,
  PromiseType,
  SlotAnswer,
  SymbolAnswer,
  TypeEngine,
  TypeName,
  ValueAnswer,
} from "./type-engine.ts";

// Asking the checker for the type of a call makes it check the arguments, and with them whole
// callback bodies; so the cheap questions come first: what the expression's syntax excludes, then
// what the declaration of the callee says, and only then the call itself.

export const NO_PROMISE: PromiseType = { extent: "none", names: [], nullable: false };
const NOTHING_KNOWN: PromiseType = { extent: "unknown", names: [], nullable: false };

export class MorphTypes implements TypeEngine {
  protected readonly checker: ts.TypeChecker;
  private readonly names: MorphNames;
  private readonly promises = new WeakMap<ts.Type, PromiseType>();
  private readonly returns = new WeakMap<ts.Symbol, PromiseType | "ask">();

  constructor(program: ts.Program) {
    this.checker = program.getTypeChecker();
    this.names = new MorphNames(program, this.checker);
  }

  prefetch(): void {
    // In one process a question costs no message.
  }

  promise(expression: Node): PromiseType {
    return this.promiseOf(compilerNode(expression));
  }

  declared(name: Node): PromiseType {
    const symbol = this.checker.getSymbolAtLocation(compilerNode(name));
    return symbol === undefined
      ? NOTHING_KNOWN
      : this.promiseType(this.checker.getTypeOfSymbol(symbol));
  }

  symbol(name: Node): SymbolAnswer | undefined {
    return this.names.at(compilerNode(name));
  }

  callee(call: Node): CalleeAnswer | undefined {
    const node = compilerNode(call);
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined;
    const symbol = this.names.at(calleeName(node.expression));
    const signature = this.checker.getResolvedSignature(node);
    const declaration = signature?.getDeclaration();
    return {
      symbol,
      declaration: declaration && this.names.place(declaration),
      returns: this.promiseOf(node),
    };
  }

  slot(expression: Node): SlotAnswer {
    const node = compilerNode(expression);
    const argument = parenthesized(node);
    const outer = argument.parent;
    if (ts.isCallExpression(outer) || ts.isNewExpression(outer)) {
      const index = outer.arguments?.findIndex((it) => it === argument) ?? -1;
      if (0 <= index) return this.argumentSlot(outer, index);
    }
    if (!ts.isExpression(node)) return { result: "unknown", owner: undefined };
    const type = this.checker.getContextualType(node);
    if (type === undefined) return { result: "unknown", owner: undefined };
    return { result: this.resultOf(type), owner: this.names.ofContext(node) };
  }

  inherited(member: Node): readonly InheritedMember[] {
    const node = compilerNode(member);
    const owner = node.parent;
    if (!ts.isClassLike(owner) || !ts.isClassElement(node) || node.name === undefined) return [];
    const symbol = this.checker.getSymbolAtLocation(node.name);
    if (symbol === undefined) return [];
    return (owner.heritageClauses ?? []).flatMap((clause) =>
      clause.types.flatMap((written) => {
        const base = this.checker.getTypeAtLocation(written);
        const property = this.checker.getPropertyOfType(base, symbol.name);
        if (property === undefined) return [];
        const [declaration] = property.declarations ?? [];
        const type = this.checker.getTypeOfSymbolAtLocation(property, node);
        const name = this.names.ofType(base) ?? { name: written.getText(), module: "own" };
        return [
          {
            base: name,
            result: this.resultOf(type),
            owner: name,
            declaration: declaration && this.names.place(declaration),
          },
        ];
      }),
    );
  }

  value(expression: Node): ValueAnswer {
    const node = compilerNode(expression);
    const type = this.checker.getTypeAtLocation(node);
    const present = this.checker.getNonNullableType(type);
    const apparent = this.bound(present);
    return {
      opaque: apparent === undefined || isOpaque(apparent),
      nullable: isNullable(type),
      callResult: this.callResult(apparent),
      elements: this.elementsOf(apparent),
      iteration: this.has(apparent, "asyncIterator")
        ? "async"
        : this.has(apparent, "iterator")
          ? "sync"
          : "none",
      generator: generatorOf(present),
      disposal: this.disposalOf(apparent),
    };
  }

  /** What is known of a call's promise before its arguments are looked at, else the whole type. */
  private promiseOf(written: ts.Node): PromiseType {
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

  private declaredReturn(call: ts.CallExpression): PromiseType | undefined {
    let symbol = this.checker.getSymbolAtLocation(calleeName(call.expression));
    if (symbol === undefined) return undefined;
    if (symbol.flags & ts.SymbolFlags.Alias) symbol = this.checker.getAliasedSymbol(symbol);
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
    for (const signature of this.signatures(this.checker.getTypeOfSymbol(symbol))) {
      const type = this.checker.getReturnTypeOfSignature(signature);
      if (dependsOnTypeArguments(type)) return undefined;
      const promise = this.promiseType(type);
      if (promise.extent === "unknown" || promise.extent === "some") return undefined;
      if (agreed !== undefined && agreed.extent !== promise.extent) return undefined;
      agreed ??= promise;
    }
    return agreed;
  }

  private promiseType(type: ts.Type): PromiseType {
    const known = this.promises.get(type);
    if (known !== undefined) return known;
    const answer = this.inspect(type);
    this.promises.set(type, answer);
    return answer;
  }

  private inspect(type: ts.Type): PromiseType {
    const constituents = type.isUnion() ? type.types : [type];
    const names: TypeName[] = [];
    const nullable = isNullable(type);
    let others = 0;
    for (const constituent of constituents) {
      if (isNullable(constituent)) continue;
      const thenable = this.isThenable(constituent);
      if (thenable === undefined) return { extent: "unknown", names, nullable };
      if (thenable) names.push(this.names.ofType(constituent) ?? { name: "", module: "own" });
      else others += 1;
    }
    const extent = names.length === 0 ? "none" : others === 0 ? "all" : "some";
    return extent === "none" && !nullable ? NO_PROMISE : { extent, names, nullable };
  }

  /** The language's own definition: `then` is callable and takes a callback. Undefined: unknown. */
  private isThenable(type: ts.Type): boolean | undefined {
    const bounded = this.bound(type);
    if (bounded === undefined || isOpaque(bounded)) return undefined;
    if (bounded.flags & PRIMITIVE) return false;
    if (bounded.isUnion()) {
      const parts = bounded.types.map((it) => this.isThenable(it));
      return parts.includes(true) ? true : parts.includes(undefined) ? undefined : false;
    }
    const then = this.checker.getPropertyOfType(bounded, "then");
    if (then === undefined) return false;
    return this.signatures(this.checker.getTypeOfSymbol(then)).some((signature) => {
      const [callback] = signature.parameters;
      if (callback === undefined) return false;
      const taken = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(callback));
      return this.signatures(taken).length > 0;
    });
  }

  /** A type parameter stands for what bounds it; undefined where nothing does. */
  private bound(type: ts.Type): ts.Type | undefined {
    return type.flags & INSTANTIABLE ? this.checker.getBaseConstraintOfType(type) : type;
  }

  private argumentSlot(call: ts.CallExpression | ts.NewExpression, index: number): SlotAnswer {
    const owner = this.names.at(calleeName(call.expression));
    const resolved = this.checker.getResolvedSignature(call);
    const first = resolved && this.parameterResult(resolved, index, call);
    if (first === undefined) return { result: "unknown", owner };
    if (first !== "void" && first !== "boolean") return { result: first, owner };
    // The compiler prefers an early `() => void` over a later `() => Promise<void>` for an async
    // function, so another overload that admits a promise settles it.
    const type = this.checker.getTypeAtLocation(call.expression);
    const overloads = ts.isCallExpression(call)
      ? this.signatures(this.checker.getNonNullableType(type))
      : type.getConstructSignatures();
    const others = overloads.map((it) => this.parameterResult(it, index, call));
    return { result: others.includes("promise") ? "promise" : first, owner };
  }

  private parameterResult(signature: ts.Signature, index: number, at: ts.Node) {
    const last = signature.parameters.at(-1);
    const parameter = signature.parameters[index] ?? last;
    if (parameter === undefined || last === undefined) return "none";
    const type = this.checker.getTypeOfSymbolAtLocation(parameter, at);
    const rest = parameter === last && isRest(last);
    if (!rest) return index < signature.parameters.length ? this.resultOf(type) : "none";
    const element =
      this.checker.isTupleType(type) && isReference(type)
        ? this.checker.getTypeArguments(type)[index - signature.parameters.length + 1]
        : this.checker.getIndexTypeOfType(type, ts.IndexKind.Number);
    return element === undefined ? "unknown" : this.resultOf(element);
  }

  /** What becomes of the results of functions that are put where this type is wanted. */
  private resultOf(type: ts.Type): SlotAnswer["result"] {
    const wanted = this.checker.getNonNullableType(type);
    if (isOpaque(wanted) || wanted.flags & INSTANTIABLE) return "promise";
    const constituents = wanted.isUnion() ? wanted.types : [wanted];
    const results = constituents
      .flatMap((it) => this.signatures(it))
      .map((it) => this.returnSlot(it));
    for (const result of ["promise", "void", "boolean", "value"] as const) {
      if (results.includes(result)) return result;
    }
    return wanted.symbol?.name === "Function" ? "promise" : "none";
  }

  private returnSlot(signature: ts.Signature): SlotAnswer["result"] {
    const type = this.checker.getReturnTypeOfSignature(signature);
    if (isOpaque(type) || type.flags & INSTANTIABLE) return "promise";
    if (type.flags & ts.TypeFlags.Void) return "void";
    const { extent } = this.promiseType(type);
    if (extent !== "none") return "promise";
    return type.flags & (ts.TypeFlags.Boolean | ts.TypeFlags.BooleanLiteral) ? "boolean" : "value";
  }

  private callResult(type: ts.Type | undefined): PromiseType | undefined {
    const signatures = type === undefined ? [] : this.signatures(type);
    const [first] = signatures;
    return first && this.promiseType(this.checker.getReturnTypeOfSignature(first));
  }

  private signatures(type: ts.Type): readonly ts.Signature[] {
    return type.isUnion()
      ? type.types.flatMap((it) => it.getCallSignatures())
      : type.getCallSignatures();
  }

  private elementsOf(type: ts.Type | undefined): PromiseType["extent"] | undefined {
    if (type === undefined || !this.checker.isArrayLikeType(type)) return undefined;
    if (isOpaque(type)) return undefined;
    const element = this.checker.getIndexTypeOfType(type, ts.IndexKind.Number);
    return element && this.promiseType(element).extent;
  }

  private has(type: ts.Type | undefined, symbol: string): boolean {
    if (type === undefined) return false;
    const parts = type.isUnion() ? type.types : [type];
    return parts.every((part) =>
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

/** Sound: nodes come from this engine's own snapshot, which hands out compiler nodes. */
function compilerNode(node: Node): ts.Node {
  return node as unknown as ts.Node;
}

const INSTANTIABLE = ts.TypeFlags.Instantiable;
const PRIMITIVE =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.ESSymbolLike |
  ts.TypeFlags.Void |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null |
  ts.TypeFlags.Never;

function isOpaque(type: ts.Type): boolean {
  return (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0;
}

function isNullable(type: ts.Type): boolean {
  const nothing = ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void;
  return (type.isUnion() ? type.types : [type]).some((it) => (it.flags & nothing) !== 0);
}

/** Whether other type arguments could make a promise of it, or something else. */
function dependsOnTypeArguments(type: ts.Type): boolean {
  const parts = type.isUnionOrIntersection() ? type.types : [type];
  return parts.some((it) => (it.flags & INSTANTIABLE) !== 0);
}

function isReference(type: ts.Type): type is ts.TypeReference {
  return "target" in type;
}

function isRest(parameter: ts.Symbol): boolean {
  const declaration = parameter.valueDeclaration;
  return (
    declaration !== undefined &&
    ts.isParameter(declaration) &&
    declaration.dotDotDotToken !== undefined
  );
}

/** Generator objects have names of their own in the library; iterators in general do not count. */
function generatorOf(type: ts.Type): ValueAnswer["generator"] {
  const name = type.symbol?.name;
  return name === "AsyncGenerator" ? "async" : name === "Generator" ? "sync" : undefined;
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

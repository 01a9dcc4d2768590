import { ts } from "ts-morph";
import { INSTANTIABLE, isOpaque, partsOf } from "./morph-flags.ts";
import type { MorphNames } from "./morph-names.ts";
import { isRest, overloadsIn, parameterType } from "./morph-signatures.ts";
import { calleeName, parenthesized } from "./morph-syntax.ts";
import type { InheritedMember, PromiseType, SlotAnswer } from "./type-engine.ts";

/** As in an answer; `open`: it depends on type arguments, which only the whole call settles. */
type Result = SlotAnswer["result"] | "open";

/** Places that functions are put in: what becomes of what those functions give back. */
export class MorphSlots {
  private readonly checker: ts.TypeChecker;
  private readonly names: MorphNames;
  private readonly promiseType: (type: ts.Type) => PromiseType;
  private readonly results = new WeakMap<ts.Signature, (Result | undefined)[]>();

  constructor(
    checker: ts.TypeChecker,
    names: MorphNames,
    promiseType: (type: ts.Type) => PromiseType,
  ) {
    this.checker = checker;
    this.names = names;
    this.promiseType = promiseType;
  }

  at(node: ts.Node): SlotAnswer {
    const argument = parenthesized(node);
    const outer = argument.parent;
    if (ts.isCallExpression(outer) || ts.isNewExpression(outer)) {
      const index = outer.arguments?.findIndex((it) => it === argument) ?? -1;
      if (0 <= index) return this.argument(outer, index);
    }
    if (ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(node.parent)) {
      return this.method(node, node.parent);
    }
    if (!ts.isExpression(node)) return { result: "unknown", owner: undefined };
    const type = this.checker.getContextualType(node);
    if (type === undefined) return { result: "unknown", owner: undefined };
    return { result: settled(this.resultOf(type)), owner: this.names.ofContext(node) };
  }

  inherited(member: ts.Node): readonly InheritedMember[] {
    const owner = member.parent;
    const name = ts.isClassElement(member) || ts.isTypeElement(member) ? member.name : undefined;
    if (!(ts.isClassLike(owner) || ts.isInterfaceDeclaration(owner)) || !name) return [];
    const symbol = this.checker.getSymbolAtLocation(name);
    if (symbol === undefined) return [];
    return (owner.heritageClauses ?? []).flatMap((clause) =>
      clause.types.flatMap((written) => {
        const base = this.checker.getTypeAtLocation(written);
        const property = this.checker.getPropertyOfType(base, symbol.name);
        if (property === undefined) return [];
        const [declaration] = property.declarations ?? [];
        const type = this.checker.getTypeOfSymbolAtLocation(property, member);
        const named = this.names.ofType(base) ?? { name: written.getText(), module: "own" };
        return [
          {
            base: named,
            result: settled(this.resultOf(type)),
            owner: named,
            declaration: declaration && this.names.place(declaration),
          },
        ];
      }),
    );
  }

  private method(node: ts.MethodDeclaration, holder: ts.ObjectLiteralExpression): SlotAnswer {
    const wanted = this.checker.getContextualType(holder);
    const symbol = this.checker.getSymbolAtLocation(node.name);
    const property = this.propertyOf(wanted, symbol?.name);
    if (property === undefined) return { result: "unknown", owner: undefined };
    const type = this.checker.getTypeOfSymbolAtLocation(property, node);
    return { result: settled(this.resultOf(type)), owner: this.names.ofSymbol(property) };
  }

  /** The first of the types in a union that has it says what is wanted. */
  private propertyOf(type: ts.Type | undefined, name: string | undefined): ts.Symbol | undefined {
    if (type === undefined || name === undefined) return undefined;
    return partsOf(type)
      .map((it) => this.checker.getPropertyOfType(it, name))
      .find((it) => it !== undefined);
  }

  /**
   * All overloads are looked at, and not the one that the compiler chooses: it prefers an early
   * `() => void` over a later `() => Promise<void>` for an async function. Choosing would also
   * make it check every argument.
   */
  private argument(call: ts.CallExpression | ts.NewExpression, index: number): SlotAnswer {
    const owner = this.names.at(calleeName(call.expression));
    const type = this.checker.getNonNullableType(this.checker.getTypeAtLocation(call.expression));
    const overloads = overloadsIn(type, call);
    const result = strongest(overloads.map((it) => this.known(it, index, call)));
    if (result !== "open") return { result, owner };
    const chosen = this.checker.getResolvedSignature(call);
    return { result: settled(chosen ? this.parameterResult(chosen, index, call) : "open"), owner };
  }

  /** Every call of a function asks the same of its parameters. */
  private known(signature: ts.Signature, index: number, at: ts.Node): Result {
    let known = this.results.get(signature);
    if (known === undefined) this.results.set(signature, (known = []));
    return (known[index] ??= this.parameterResult(signature, index, at));
  }

  private parameterResult(signature: ts.Signature, index: number, at: ts.Node): Result {
    if (signature.parameters.length === 0) return "none";
    const type = parameterType(signature, index, at, this.checker);
    if (type !== undefined) return this.resultOf(type);
    return isRest(signature.parameters.at(-1)) ? "unknown" : "none";
  }

  /** What becomes of the results of functions that are put where this type is wanted. */
  private resultOf(type: ts.Type): Result {
    const wanted = this.checker.getNonNullableType(type);
    if (isOpaque(wanted)) return "promise";
    const results = partsOf(wanted).flatMap((part): readonly Result[] => {
      if (part.flags & INSTANTIABLE) return ["open"];
      if (part.symbol?.name === "Function") return ["promise"];
      if (this.wantsMembers(part)) return [];
      return part.getCallSignatures().map((it) => this.returnSlot(it));
    });
    return results.length === 0 ? "none" : strongest(results);
  }

  /** An application that can be called as well, say: a function that is written out is none. */
  private wantsMembers(type: ts.Type): boolean {
    return this.checker
      .getPropertiesOfType(type)
      .some((it) => (it.flags & ts.SymbolFlags.Optional) === 0);
  }

  private returnSlot(signature: ts.Signature): Result {
    const type = this.checker.getReturnTypeOfSignature(signature);
    if (isOpaque(type)) return "promise";
    if (type.flags & INSTANTIABLE) return "open";
    if (type.flags & ts.TypeFlags.Void) return "void";
    const { extent } = this.promiseType(type);
    if (extent !== "none") return "promise";
    return type.flags & (ts.TypeFlags.Boolean | ts.TypeFlags.BooleanLiteral) ? "boolean" : "value";
  }
}

/** One overload, or one member of a union, that takes a promise settles it; and so on down. */
const ORDER: readonly Result[] = ["promise", "open", "void", "boolean", "value", "none"];

function strongest(results: readonly Result[]): Result {
  return ORDER.find((it) => results.includes(it)) ?? "unknown";
}

/** What the whole call leaves open may as well be a promise. */
function settled(result: Result): SlotAnswer["result"] {
  return result === "open" ? "promise" : result;
}

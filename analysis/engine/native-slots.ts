import type { Signature, Type } from "typescript/unstable/sync";
import { calleeNameOf, is, isClassLike, isOneOf, Kind, type Node, textOf } from "../syntax.ts";
import { remembered } from "./native-answer.ts";
import type { RemoteSymbol } from "./native-api.ts";
import type { Calling, NativeChecker } from "./native-checker.ts";
import type { NativeNames } from "./native-names.ts";
import type { NativePromises } from "./native-promises.ts";
import type { InheritedMember, SlotAnswer, TypeName } from "./type-engine.ts";

// The same definitions as in morph-slots.ts, which explains them.

/** As in an answer; `open`: it depends on type arguments, which only the whole call settles. */
type Result = SlotAnswer["result"] | "open";

const UNKNOWN: SlotAnswer = { result: "unknown", owner: undefined };

/** Places that functions are put in: what becomes of what those functions give back. */
export class NativeSlots {
  private readonly checker: NativeChecker;
  private readonly names: NativeNames;
  private readonly promises: NativePromises;

  constructor(checker: NativeChecker, names: NativeNames, promises: NativePromises) {
    this.checker = checker;
    this.names = names;
    this.promises = promises;
  }

  at(node: Node): SlotAnswer {
    const argument = parenthesized(node);
    const outer = argument.parent;
    if (is.CallExpression(outer) || is.NewExpression(outer)) {
      const index = outer.arguments?.indexOf(argument) ?? -1;
      if (0 <= index) return this.argument(outer, index);
    }
    if (is.MethodDeclaration(node) && is.ObjectLiteralExpression(node.parent)) {
      const property = this.property(node.parent, node.name);
      const type = property && this.checker.typeOf(property);
      if (property === undefined || type === undefined) return UNKNOWN;
      return { result: settled(this.resultOf(type)), owner: this.names.answer(property) };
    }
    const type = isExpression(node) ? this.checker.contextualType(node) : undefined;
    if (type === undefined) return UNKNOWN;
    return { result: settled(this.resultOf(type)), owner: this.ownerOf(node) };
  }

  inherited(member: Node): readonly InheritedMember[] {
    const owner = member.parent;
    if (!(isClassLike(owner) || is.InterfaceDeclaration(owner)) || !isMember(member)) return [];
    const symbol = this.names.symbolAt(member.name);
    if (symbol === undefined) return [];
    const bases = (owner.heritageClauses ?? []).flatMap((it) => it.types);
    return bases.flatMap((written) => this.memberOf(written, symbol) ?? []);
  }

  private memberOf(written: Node, { name }: RemoteSymbol): InheritedMember | undefined {
    const base = this.checker.typeAt(written);
    const property = base && this.checker.property(base, name);
    const type = property && this.checker.typeOf(property);
    if (base === undefined || property === undefined || type === undefined) return undefined;
    const named = this.names.ofType(base) ?? { name: textOf(written), module: "own" };
    const [declaration] = property.declarations;
    return {
      base: named,
      result: settled(this.resultOf(type)),
      owner: named,
      declaration: declaration && this.names.place(declaration),
    };
  }

  /** The property, attribute or variable that a function is put into. */
  private ownerOf({ parent }: Node): TypeName | undefined {
    if (is.BinaryExpression(parent)) {
      const { left } = parent;
      return this.names.at(is.PropertyAccessExpression(left) ? left.name : left);
    }
    const holder = is.JsxExpression(parent) ? parent.parent : parent;
    if (!is.PropertyAssignment(holder) && !is.JsxAttribute(holder)) return undefined;
    const property = this.property(holder.parent, holder.name);
    return property && this.names.answer(property);
  }

  private property(object: Node, name: Node): RemoteSymbol | undefined {
    const wanted = this.checker.contextualType(object);
    return wanted && this.checker.property(wanted, textOf(name));
  }

  private argument(call: Calling, index: number): SlotAnswer {
    const owner = this.names.at(calleeNameOf(call));
    const overloads = this.checker.overloads(call);
    const result = strongest(overloads.map((it) => this.parameterResult(it, index)));
    if (result !== "open") return { result, owner };
    const chosen = this.checker.resolvedSignature(call);
    return { result: settled(chosen ? this.parameterResult(chosen, index) : "open"), owner };
  }

  private parameterResult(signature: Signature, index: number): Result {
    const type = this.checker.parameterType(signature, index);
    return type === undefined ? "none" : this.resultOf(type);
  }

  /** What becomes of the results of functions that are put where this type is wanted. */
  private readonly resultOf = remembered((type: Type): Result => {
    const wanted = this.checker.present(type);
    if (this.checker.isOpaque(wanted)) return "promise";
    const results = this.checker.parts(wanted).flatMap((part): readonly Result[] => {
      if (this.checker.isOpen(part)) return ["open"];
      if (this.checker.isPrimitive(part)) return [];
      if (part.getSymbol()?.name === "Function") return ["promise"];
      if (this.checker.wantsMembers(part)) return [];
      return this.checker.calls(part).map((it) => this.returnSlot(it));
    });
    return results.length === 0 ? "none" : strongest(results);
  });

  private returnSlot(signature: Signature): Result {
    const type = this.checker.returnType(signature);
    if (type === undefined || this.checker.isOpaque(type)) return "promise";
    if (this.checker.isOpen(type)) return "open";
    if (this.checker.isVoid(type)) return "void";
    if (this.promises.ofType(type).extent !== "none") return "promise";
    return this.checker.isBoolean(type) ? "boolean" : "value";
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

/** The outermost expression that only puts parentheses around this one. */
function parenthesized(node: Node): Node {
  let at = node;
  while (is.ParenthesizedExpression(at.parent)) at = at.parent;
  return at;
}

const isMember = isOneOf(
  "MethodDeclaration",
  "MethodSignature",
  "PropertyDeclaration",
  "PropertySignature",
  "GetAccessor",
  "SetAccessor",
);

function isExpression({ kind }: Node): boolean {
  if (Kind.ArrayLiteralExpression <= kind && kind <= Kind.SatisfiesExpression) return true;
  if (Kind.NumericLiteral <= kind && kind <= Kind.NoSubstitutionTemplateLiteral) return true;
  return (Kind.JsxElement <= kind && kind <= Kind.JsxFragment) || NAMES.has(kind);
}

const NAMES: ReadonlySet<number> = new Set([
  Kind.Identifier,
  Kind.PrivateIdentifier,
  Kind.ThisKeyword,
  Kind.SuperKeyword,
  Kind.NullKeyword,
  Kind.TrueKeyword,
  Kind.FalseKeyword,
]);

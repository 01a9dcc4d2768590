import type { Expression, Node as RemoteNode } from "typescript/unstable/ast";
import type { Checker, Project, Signature, Type } from "typescript/unstable/sync";
import { is, type Node, type NodeOf } from "../syntax.ts";
import { remembered } from "./native-answer.ts";
import type { NativeApi, RemoteSymbol } from "./native-api.ts";
import { remoteOf } from "./native-tree.ts";

export type Calling = NodeOf<"CallExpression"> | NodeOf<"NewExpression">;

/** The server's checker. Each question costs a message, so it is put once per snapshot. */
export class NativeChecker {
  private readonly checker: Checker;
  private readonly sync: NativeApi["sync"];
  private readonly types = new Map<RemoteNode, Type | undefined>();

  constructor(project: Project, { sync }: NativeApi) {
    this.checker = project.checker;
    this.sync = sync;
  }

  /** Learns the types of several expressions in one message. */
  prefetch(expressions: readonly Node[]): void {
    const remotes = expressions.filter((it) => !is.ImportClause(it)).map(remoteOf);
    const asked = [...new Set(remotes)].filter((it) => !this.types.has(it));
    if (asked.length === 0) return;
    const types = this.checker.getTypeAtLocation(asked);
    for (const [index, remote] of asked.entries()) this.types.set(remote, types[index]);
  }

  typeAt(node: Node): Type | undefined {
    // The server stumbles over these, and they have no type.
    if (is.ImportClause(node)) return undefined;
    const remote = remoteOf(node);
    if (!this.types.has(remote)) this.types.set(remote, this.checker.getTypeAtLocation(remote));
    return this.types.get(remote);
  }

  /** What the place of an expression wants it to be. */
  contextualType(expression: Node): Type | undefined {
    // Sound: the server asks for any node and answers nothing for what is no expression.
    return this.checker.getContextualType(remoteOf(expression) as Expression);
  }

  readonly resolvedSignature = remembered((call: Node) =>
    this.checker.getResolvedSignature(remoteOf(call)),
  );

  readonly typeOf = remembered((symbol: RemoteSymbol) => this.checker.getTypeOfSymbol(symbol));

  /** The type without `null` and `undefined`. */
  readonly present = remembered((type: Type) =>
    type.isObjectType() ? type : (this.checker.getNonNullableType(type) ?? type),
  );

  /** A type parameter stands for what bounds it; undefined where nothing does. */
  readonly bound = remembered((type: Type) =>
    this.isOpen(type) ? this.checker.getBaseConstraintOfType(type) : type,
  );

  readonly parts = remembered((type: Type): readonly Type[] =>
    type.isUnionType() ? type.getTypes() : [type],
  );

  readonly calls = remembered((type: Type): readonly Signature[] =>
    this.parts(type).flatMap((it) => this.signatures(it, this.sync.SignatureKind.Call)),
  );

  readonly constructions = remembered((type: Type): readonly Signature[] =>
    this.parts(type).flatMap((it) => this.signatures(it, this.sync.SignatureKind.Construct)),
  );

  /** All ways to call what is called, those of each part of a union. */
  overloads(call: Calling): readonly Signature[] {
    const type = this.typeAt(call.expression);
    if (type === undefined) return [];
    const present = this.present(type);
    return is.CallExpression(call) ? this.calls(present) : this.constructions(present);
  }

  /** The ways to call that fit whatever part of a union is called. */
  common(call: Calling): readonly Signature[] {
    const type = this.typeAt(call.expression);
    const present = type && this.present(type);
    if (present?.isUnionType() !== true) return this.overloads(call);
    const { Call, Construct } = this.sync.SignatureKind;
    return this.signatures(present, is.CallExpression(call) ? Call : Construct);
  }

  readonly returnType = remembered((it: Signature) => this.checker.getReturnTypeOfSignature(it));

  /** The type of an argument at this index; a rest parameter gives that of its elements. */
  parameterType(signature: Signature, index: number): Type | undefined {
    const count = signature.parameters.length;
    if (count <= index && !signature.hasRestParameter) return undefined;
    return this.checker.getParameterType(signature, index);
  }

  readonly isArrayLike = remembered((type: Type) => this.checker.isArrayLikeType(type));

  /** What a number as index gives. */
  readonly element = remembered((type: Type): Type | undefined => {
    const number = this.sync.TypeFlags.Number;
    const infos = this.checker.getIndexInfosOfType(type);
    return infos.find((it) => (it.keyType.flags & number) !== 0)?.valueType;
  });

  /** Whether there is something that values of the type have to have. */
  readonly wantsMembers = remembered((type: Type): boolean => {
    const optional = this.sync.SymbolFlags.Optional;
    return this.checker.getPropertiesOfType(type).some(({ flags }) => (flags & optional) === 0);
  });

  property(type: Type, name: string): RemoteSymbol | undefined {
    return this.checker.getPropertyOfType(type, name);
  }

  /** `asyncIterator`, `dispose` and the like, as far as every part of the type has them. */
  readonly wellKnown = remembered((type: Type): ReadonlySet<string> => {
    const [first = new Set<string>(), ...others] = this.parts(type).map(this.wellKnownOfPart);
    return new Set([...first].filter((name) => others.every((it) => it.has(name))));
  });

  private readonly wellKnownOfPart = remembered((type: Type): ReadonlySet<string> => {
    const apparent = this.checker.getApparentType(type) ?? type;
    const names = this.checker
      .getPropertiesOfType(apparent)
      .map((it) => /^__@(\w+)@/.exec(it.escapedName)?.[1]);
    return new Set(names.filter((it) => it !== undefined));
  });

  isOpaque({ flags }: Type): boolean {
    return (flags & this.sync.TypeFlags.AnyOrUnknown) !== 0;
  }

  isOpen({ flags }: Type): boolean {
    return (flags & this.sync.TypeFlags.Instantiable) !== 0;
  }

  isVoid({ flags }: Type): boolean {
    return (flags & this.sync.TypeFlags.Void) !== 0;
  }

  isBoolean({ flags }: Type): boolean {
    return (flags & this.sync.TypeFlags.BooleanLike) !== 0;
  }

  isNothing({ flags }: Type): boolean {
    const { Undefined, Null, Void } = this.sync.TypeFlags;
    return (flags & (Undefined | Null | Void)) !== 0;
  }

  isNullable(type: Type): boolean {
    return this.parts(type).some((it) => this.isNothing(it));
  }

  isOrVoid(type: Type): boolean {
    return this.parts(type).some(({ flags }) => (flags & this.sync.TypeFlags.Void) !== 0);
  }

  /** There is nothing that one could look at. */
  isEmpty({ flags }: Type): boolean {
    const { Undefined, Void, Never } = this.sync.TypeFlags;
    return (flags & (Undefined | Void | Never)) !== 0;
  }

  isSame(a: Type, b: Type): boolean {
    return a === b || (this.isAssignable(a, b) && this.isAssignable(b, a));
  }

  isAssignable(from: Type, to: Type): boolean {
    return this.checker.isTypeAssignableTo(from, to);
  }

  isPrimitive({ flags }: Type): boolean {
    const { TypeFlags: of } = this.sync;
    const simple = of.StringLike | of.NumberLike | of.BigIntLike | of.BooleanLike;
    return (flags & (simple | of.ESSymbolLike | of.VoidLike | of.Null | of.Never)) !== 0;
  }

  private signatures(type: Type, kind: number): readonly Signature[] {
    if (this.isPrimitive(type) || this.isOpaque(type)) return [];
    return this.checker.getSignaturesOfType(type, kind);
  }
}

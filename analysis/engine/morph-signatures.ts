import { ts } from "ts-morph";
import { boundOf, callSignatures, isNullable, isOpaque, partsOf } from "./morph-flags.ts";
import type { MorphNames } from "./morph-names.ts";
import { isRequired } from "./morph-values.ts";
import type { MemberAnswer, ParameterAnswer, SignatureAnswer } from "./type-engine.ts";
import { distinctNames } from "./type-names.ts";

type Calling = ts.CallExpression | ts.NewExpression;

/** What functions and objects have room for. */
export class MorphSignatures {
  private readonly checker: ts.TypeChecker;
  private readonly names: MorphNames;

  constructor(checker: ts.TypeChecker, names: MorphNames) {
    this.checker = checker;
    this.names = names;
  }

  members(node: ts.Node, names: readonly string[]): readonly MemberAnswer[] {
    return this.membersIn([this.present(this.checker.getTypeAtLocation(node))], names);
  }

  of(call: Calling, members: readonly string[]): readonly SignatureAnswer[] {
    const type = this.present(this.checker.getTypeAtLocation(call.expression));
    // The overloads of a union are those that fit whatever is called.
    const overloads = type.isUnion()
      ? this.checker.getSignaturesOfType(type, kindOf(call))
      : overloadsIn(type, call);
    return overloads.map((it) => ({
      parameters: it.parameters.map((_, index) => this.parameter(it, index, call, members)),
      fits: overloads.length === 1 || this.fits(it, call),
    }));
  }

  private parameter(
    signature: ts.Signature,
    index: number,
    call: Calling,
    members: readonly string[],
  ): ParameterAnswer {
    const symbol = signature.parameters[index];
    const type = parameterType(signature, index, call, this.checker);
    const rest = index === signature.parameters.length - 1 && isRest(symbol);
    const name = symbol?.name ?? "";
    if (symbol === undefined || type === undefined) {
      return { name, rest, types: [], members: [], nullable: true };
    }
    const nullable = rest || isNullable(type) || !isRequired(symbol);
    const parts = partsOf(this.present(type)).map((it) => boundOf(it, this.checker) ?? it);
    return {
      name,
      rest,
      types: this.namesOf(parts),
      members: this.membersIn(parts, members),
      nullable,
    };
  }

  /** Those that one of the types has. */
  private membersIn(types: readonly ts.Type[], names: readonly string[]): readonly MemberAnswer[] {
    const objects = types.filter((it) => !isOpaque(it));
    return names.flatMap((name) => {
      const symbols = objects.flatMap((it) => this.checker.getPropertyOfType(it, name) ?? []);
      if (symbols.length === 0) return [];
      const held = symbols.map((it) => this.checker.getTypeOfSymbol(it));
      const nullable =
        held.some(isNullable) || symbols.some((it) => it.flags & ts.SymbolFlags.Optional);
      return [
        { name, types: this.namesOf(held.flatMap((it) => partsOf(this.present(it)))), nullable },
      ];
    });
  }

  private namesOf(types: readonly ts.Type[]) {
    return distinctNames(types.flatMap((it) => this.names.ofType(it) ?? []));
  }

  /** Arguments are compared only where several overloads are to choose from. */
  private fits(signature: ts.Signature, call: Calling): boolean {
    const given = call.arguments ?? [];
    const spread = given.findIndex((it) => ts.isSpreadElement(it));
    const isGeneric = 0 < (signature.typeParameters?.length ?? 0);
    return given.slice(0, spread < 0 ? given.length : spread).every((argument, index) => {
      const wanted = parameterType(signature, index, call, this.checker);
      if (wanted === undefined || isGeneric) return wanted !== undefined;
      return this.checker.isTypeAssignableTo(this.checker.getTypeAtLocation(argument), wanted);
    });
  }

  private present(type: ts.Type): ts.Type {
    const present = this.checker.getNonNullableType(type);
    return boundOf(present, this.checker) ?? present;
  }
}

function kindOf(call: Calling): ts.SignatureKind {
  return ts.isCallExpression(call) ? ts.SignatureKind.Call : ts.SignatureKind.Construct;
}

/** All ways to call what is called, those of each part of a union. */
export function overloadsIn(type: ts.Type, call: Calling): readonly ts.Signature[] {
  if (ts.isCallExpression(call)) return callSignatures(type);
  return partsOf(type).flatMap((it) => it.getConstructSignatures());
}

/** What an argument at this position has to be; undefined where there can be none, or any. */
export function parameterType(
  signature: ts.Signature,
  index: number,
  at: ts.Node,
  checker: ts.TypeChecker,
): ts.Type | undefined {
  const last = signature.parameters.length - 1;
  const parameter = signature.parameters[Math.min(index, last)];
  if (parameter === undefined) return undefined;
  const type = checker.getTypeOfSymbolAtLocation(parameter, at);
  if (index < last || !isRest(signature.parameters[last])) return index <= last ? type : undefined;
  return checker.isTupleType(type) && isReference(type)
    ? checker.getTypeArguments(type)[index - last]
    : checker.getIndexTypeOfType(type, ts.IndexKind.Number);
}

/** Whether the parameter takes all further arguments. */
export function isRest(parameter: ts.Symbol | undefined): boolean {
  const declaration = parameter?.valueDeclaration;
  return (
    declaration !== undefined &&
    ts.isParameter(declaration) &&
    declaration.dotDotDotToken !== undefined
  );
}

function isReference(type: ts.Type): type is ts.TypeReference {
  return "target" in type;
}

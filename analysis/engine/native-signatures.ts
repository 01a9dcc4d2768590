import type { Signature, Type } from "typescript/unstable/sync";
import { is, type Node } from "../syntax.ts";
import type { NativeApi, RemoteSymbol } from "./native-api.ts";
import type { Calling, NativeChecker } from "./native-checker.ts";
import type { NativeNames } from "./native-names.ts";
import { isRequired } from "./native-values.ts";
import type { MemberAnswer, ParameterAnswer, SignatureAnswer } from "./type-engine.ts";
import { distinctNames } from "./type-names.ts";

// The same definitions as in morph-signatures.ts, which explains them.

/** What functions and objects have room for. */
export class NativeSignatures {
  private readonly checker: NativeChecker;
  private readonly names: NativeNames;
  private readonly optional: number;

  constructor(checker: NativeChecker, names: NativeNames, { sync }: NativeApi) {
    this.checker = checker;
    this.names = names;
    this.optional = sync.SymbolFlags.Optional;
  }

  members(expression: Node, names: readonly string[]): readonly MemberAnswer[] {
    const type = this.checker.typeAt(expression);
    return type === undefined ? [] : this.membersIn([this.present(type)], names);
  }

  of(call: Calling, members: readonly string[]): readonly SignatureAnswer[] {
    const overloads = this.checker.common(call);
    return overloads.map((it) => ({
      parameters: it
        .getParameters()
        .map((symbol, index) => this.parameter(it, symbol, index, members)),
      fits: overloads.length === 1 || this.fits(it, call),
    }));
  }

  private parameter(
    signature: Signature,
    symbol: RemoteSymbol,
    index: number,
    members: readonly string[],
  ): ParameterAnswer {
    const { name } = symbol;
    const type = this.checker.parameterType(signature, index);
    const rest = signature.hasRestParameter && index === signature.parameters.length - 1;
    if (type === undefined) return { name, rest, types: [], members: [], nullable: true };
    const nullable = rest || this.checker.isNullable(type) || !isRequired(symbol, this.names);
    const parts = this.checker.parts(this.present(type)).map((it) => this.checker.bound(it) ?? it);
    return {
      name,
      rest,
      types: this.namesOf(parts),
      members: this.membersIn(parts, members),
      nullable,
    };
  }

  private membersIn(types: readonly Type[], names: readonly string[]): readonly MemberAnswer[] {
    const objects = types.filter(
      (it) => !this.checker.isOpaque(it) && !this.checker.isPrimitive(it),
    );
    return names.flatMap((name) => {
      const symbols = objects.flatMap((it) => this.checker.property(it, name) ?? []);
      if (symbols.length === 0) return [];
      const held = symbols.flatMap((it) => this.checker.typeOf(it) ?? []);
      const nullable =
        held.some((it) => this.checker.isNullable(it)) ||
        symbols.some((it) => (it.flags & this.optional) !== 0);
      const parts = held.flatMap((it) => this.checker.parts(this.present(it)));
      return [{ name, types: this.namesOf(parts), nullable }];
    });
  }

  private namesOf(types: readonly Type[]) {
    return distinctNames(
      types
        .filter((it) => !this.checker.isPrimitive(it) && !this.checker.isOpaque(it))
        .flatMap((it) => this.names.ofType(it) ?? []),
    );
  }

  private fits(signature: Signature, call: Calling): boolean {
    const given = call.arguments ?? [];
    const spread = given.findIndex((it) => is.SpreadElement(it));
    const isGeneric = 0 < (signature.typeParameters?.length ?? 0);
    return given.slice(0, spread < 0 ? given.length : spread).every((argument, index) => {
      const wanted = this.checker.parameterType(signature, index);
      if (wanted === undefined || isGeneric) return wanted !== undefined;
      const type = this.checker.typeAt(argument);
      return type !== undefined && this.checker.isAssignable(type, wanted);
    });
  }

  private present(type: Type): Type {
    const present = this.checker.present(type);
    return this.checker.bound(present) ?? present;
  }
}

import { ts } from "ts-morph";
import type { Node } from "../syntax.ts";
import { MorphPromises, NOTHING_KNOWN } from "./morph-promises.ts";
import { MorphSignatures } from "./morph-signatures.ts";
import { MorphSlots } from "./morph-slots.ts";
import { calleeName } from "./morph-syntax.ts";
import { MorphValues } from "./morph-values.ts";
import type {
  CalleeAnswer,
  InheritedMember,
  MemberAnswer,
  PromiseType,
  SignatureAnswer,
  SlotAnswer,
  SymbolAnswer,
  TypeEngine,
  ValueAnswer,
} from "./type-engine.ts";

/** The adapter's answers, by what they are about. */
export class MorphTypes extends MorphPromises implements TypeEngine {
  private readonly shapes: MorphSignatures;
  private readonly slots: MorphSlots;
  private readonly values: MorphValues;

  constructor(program: ts.Program) {
    super(program);
    const promiseType = (type: ts.Type) => this.promiseType(type);
    this.shapes = new MorphSignatures(this.checker, this.names);
    this.slots = new MorphSlots(this.checker, this.names, promiseType);
    this.values = new MorphValues(this.checker, this.names, promiseType);
  }

  prefetch(): void {
    // In one process a question costs no message.
  }

  promise(expression: Node): PromiseType {
    return answered(() => this.promiseOf(compilerNode(expression)), NOTHING_KNOWN);
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
    return answered(() => this.slots.at(compilerNode(expression)), NO_SLOT);
  }

  inherited(member: Node): readonly InheritedMember[] {
    return answered(() => this.slots.inherited(compilerNode(member)), []);
  }

  members(expression: Node, names: readonly string[]): readonly MemberAnswer[] {
    return answered(() => this.shapes.members(compilerNode(expression), names), []);
  }

  signatures(call: Node, members: readonly string[]): readonly SignatureAnswer[] {
    const node = compilerNode(call);
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return [];
    return answered(() => this.shapes.of(node, members), []);
  }

  value(expression: Node): ValueAnswer {
    return answered(() => this.values.of(this.typeOf(compilerNode(expression))), NO_VALUE);
  }
}

const NO_SLOT: SlotAnswer = { result: "unknown", owner: undefined };
const NO_VALUE: ValueAnswer = {
  opaque: true,
  nullable: false,
  generic: true,
  primitive: false,
  callResult: undefined,
  leastArguments: 0,
  elements: undefined,
  elementCallResult: undefined,
  maybePromise: false,
  iteration: "none",
  generator: undefined,
  disposal: "none",
  type: undefined,
  gives: "unknown",
};

/**
 * The compiler overflows its stack on some types that refer to themselves (typescript-eslint#11947).
 * That is not the user's mistake and not ours: nothing is known then.
 */
function answered<T>(ask: () => T, unknown: T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof RangeError) return unknown;
    throw error;
  }
}

/** Sound: nodes come from this engine's own snapshot, which hands out compiler nodes. */
function compilerNode(node: Node): ts.Node {
  return node as unknown as ts.Node;
}

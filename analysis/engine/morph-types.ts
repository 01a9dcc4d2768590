import { ts } from "ts-morph";
import type { Node } from "../syntax.ts";
import { MorphPromises, NOTHING_KNOWN } from "./morph-promises.ts";
import { MorphSlots } from "./morph-slots.ts";
import { calleeName } from "./morph-syntax.ts";
import { MorphValues } from "./morph-values.ts";
import type {
  CalleeAnswer,
  InheritedMember,
  PromiseType,
  SlotAnswer,
  SymbolAnswer,
  TypeEngine,
  ValueAnswer,
} from "./type-engine.ts";

/** The adapter's answers, by what they are about. */
export class MorphTypes extends MorphPromises implements TypeEngine {
  private readonly slots: MorphSlots;
  private readonly values: MorphValues;

  constructor(program: ts.Program) {
    super(program);
    const promiseType = (type: ts.Type) => this.promiseType(type);
    this.slots = new MorphSlots(this.checker, this.names, promiseType);
    this.values = new MorphValues(this.checker, this.names, promiseType);
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
    return this.slots.at(compilerNode(expression));
  }

  inherited(member: Node): readonly InheritedMember[] {
    return this.slots.inherited(compilerNode(member));
  }

  value(expression: Node): ValueAnswer {
    return this.values.at(compilerNode(expression));
  }
}

/** Sound: nodes come from this engine's own snapshot, which hands out compiler nodes. */
function compilerNode(node: Node): ts.Node {
  return node as unknown as ts.Node;
}

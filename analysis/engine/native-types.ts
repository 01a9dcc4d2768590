import type { Project } from "typescript/unstable/sync";
import { calleeNameOf, is, type Node } from "../syntax.ts";
import { answer } from "./native-answer.ts";
import type { NativeApi } from "./native-api.ts";
import { NativeChecker } from "./native-checker.ts";
import { NativeNames } from "./native-names.ts";
import { NativePromises, NOTHING_KNOWN, typedPart } from "./native-promises.ts";
import { NativeSignatures } from "./native-signatures.ts";
import { NativeSlots } from "./native-slots.ts";
import type { NativeTrees } from "./native-tree.ts";
import { NativeValues } from "./native-values.ts";
import type {
  CalleeAnswer,
  InheritedMember,
  MemberAnswer,
  PromiseType,
  Question,
  SignatureAnswer,
  SlotAnswer,
  SymbolAnswer,
  TypeEngine,
  ValueAnswer,
} from "./type-engine.ts";

/** The native engine's answers, by what they are about. */
export class NativeTypes implements TypeEngine {
  protected readonly names: NativeNames;
  private readonly checker: NativeChecker;
  private readonly promises: NativePromises;
  private readonly shapes: NativeSignatures;
  private readonly slots: NativeSlots;
  private readonly values: NativeValues;

  constructor(project: Project, api: NativeApi, trees: NativeTrees) {
    this.names = new NativeNames(project, api, trees);
    this.checker = new NativeChecker(project, api);
    this.promises = new NativePromises(this.checker, this.names);
    this.shapes = new NativeSignatures(this.checker, this.names, api);
    this.slots = new NativeSlots(this.checker, this.names, this.promises);
    this.values = new NativeValues(this.checker, this.names, this.promises);
  }

  prefetch(questions: readonly Question[]): void {
    const about = (kind: Question["about"]) =>
      questions.filter((it) => it.about === kind).map((it) => it.node);
    const calls = about("callee").filter(isCalling);
    const awaited = [...about("promise"), ...calls].map(typedPart);
    const values = about("value");
    this.checker.prefetch([...values, ...awaited.filter((it) => it !== undefined)]);
    this.names.prefetch([...about("symbol"), ...calls.map(calleeNameOf)]);
  }

  promise(expression: Node): PromiseType {
    return this.promises.at(expression);
  }

  declared(name: Node): PromiseType {
    const symbol = this.names.symbolAt(name);
    return symbol === undefined ? NOTHING_KNOWN : this.promises.ofType(this.checker.typeOf(symbol));
  }

  symbol(name: Node): SymbolAnswer | undefined {
    return this.names.at(name);
  }

  callee(call: Node): CalleeAnswer | undefined {
    if (!isCalling(call)) return undefined;
    return answer<CalleeAnswer>({
      symbol: () => this.names.at(calleeNameOf(call)),
      declaration: () => {
        const declaration = this.checker.resolvedSignature(call)?.declaration;
        return declaration && this.names.place(declaration);
      },
      returns: () => this.promises.at(call),
    });
  }

  slot(expression: Node): SlotAnswer {
    return this.slots.at(expression);
  }

  inherited(member: Node): readonly InheritedMember[] {
    return this.slots.inherited(member);
  }

  members(expression: Node, names: readonly string[]): readonly MemberAnswer[] {
    return this.shapes.members(expression, names);
  }

  signatures(call: Node, members: readonly string[]): readonly SignatureAnswer[] {
    return isCalling(call) ? this.shapes.of(call, members) : [];
  }

  value(expression: Node): ValueAnswer {
    return this.values.at(expression);
  }
}

function isCalling(node: Node) {
  return is.CallExpression(node) || is.NewExpression(node);
}

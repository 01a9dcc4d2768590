import { type ChannelModel, channels } from "../primitives/channels.ts";
import { type Program } from "../program.ts";
import {
  bodyHas,
  calleeNameOf,
  declarationKeyword,
  type FunctionLike,
  type Identifier,
  is,
  isFunctionExpression,
  isFunctionLike,
  isInside,
  isOneOf,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { EXITS, flowOwner, type Path, pathFrom, pathFromEntry } from "./flow.ts";
import { isOnlyTested } from "./mentions.ts";
import { methodOn } from "./pairs.ts";
import { variableOf } from "./references.ts";
import { raisedAt } from "./summaries.ts";

// Does a function wait for the end of a channel that nobody closes?
//
// Both ends of the channel are variables of the function, and it goes through the receiver with
// `for await`, without a `break`. Such a loop ends when the sender is closed; a clone of the sender is another one, whose
// end does not count for this one. *Must*: all that the function, and functions inside of it, do with
// the sender is calling its methods. Handed out, returned, stored or put into a `using`, somebody else
// sees to it.
//
// Three answers: nobody closes it; it is closed only behind the loop, which is too late; or the one
// function inside that closes it has a way out on which it does not. Ways out by a failed `await` or
// a `throw` count there, but for what the sender itself does, which fails only when the receiver is gone.

export interface UnclosedChannel {
  readonly sender: Identifier;
  readonly receiver: Identifier;
  readonly loop: NodeOf<"ForOfStatement">;
  /** The method that would end the loop. */
  readonly closes: string;
  /** Where it is closed too late, or only on some way. */
  readonly because: "never" | "late" | "missed";
  /** The way out that misses the end. */
  readonly path: Path | undefined;
  /** All mentions of the sender behind its declaration. */
  readonly uses: readonly Identifier[];
}

export function unclosedBy(
  declaration: NodeOf<"VariableDeclaration">,
  program: Program,
): UnclosedChannel | undefined {
  const ends = endsOf(declaration);
  const owner = flowOwner(declaration);
  if (ends === undefined || owner === undefined || is.SourceFile(owner)) return undefined;
  const { sender, receiver, model } = ends;
  const loop = loopOver(variableOf(receiver, program).mentions, owner);
  if (loop === undefined) return undefined;
  const uses = variableOf(sender, program).mentions;
  if (!uses.every(isUsedOnTheSpot)) return undefined;
  const closing = uses.filter((it) => isClosing(it, model)).map(callOn);
  const [closes = "close"] = model.closes;
  const found = { sender, receiver, loop, closes, path: undefined, uses };
  if (closing.length === 0) return { ...found, because: "never" };
  const elsewhere = closing.filter((it) => flowOwner(it) !== owner);
  if (elsewhere.length === 0) {
    const here = new Set(closing);
    const reaches = pathFrom(
      declaration,
      { until: (it) => it === loop, stops: (it) => here.has(it) },
      program,
    );
    return reaches && { ...found, because: "late" };
  }
  const path = missedIn(elsewhere, program);
  return path && { ...found, because: "missed", path };
}

interface Ends {
  readonly sender: Identifier;
  readonly receiver: Identifier;
  readonly model: ChannelModel;
}

/** `const { tx, rx } = channel(1)`. */
function endsOf({ name, initializer, parent }: NodeOf<"VariableDeclaration">): Ends | undefined {
  const call = initializer && unwrapped(initializer);
  if (!is.ObjectBindingPattern(name) || (!is.CallExpression(call) && !is.NewExpression(call))) {
    return undefined;
  }
  if (!is.VariableDeclarationList(parent) || declarationKeyword(parent).endsWith("using")) {
    return undefined;
  }
  const model = channels.get(nameOf(calleeNameOf(call)) ?? "");
  const bound = (member: string): Identifier | undefined => {
    const element = name.elements.find((it) => nameOf(it.propertyName ?? it.name) === member);
    return is.Identifier(element?.name) ? element.name : undefined;
  };
  const sender = model && bound(model.sender);
  const receiver = model && bound(model.receiver);
  return sender && receiver && { sender, receiver, model };
}

/** The loop of the same function that goes through the receiver. */
function loopOver(
  mentions: readonly Identifier[],
  owner: Node,
): NodeOf<"ForOfStatement"> | undefined {
  for (const it of mentions) {
    const node = wrapped(it);
    const { parent } = node;
    if (!is.ForOfStatement(parent) || parent.expression !== node) continue;
    if (parent.awaitModifier === undefined || flowOwner(parent) !== owner) continue;
    if (!bodyHas(parent.statement, leaves)) return parent;
  }
  return undefined;
}

/** A loop that may end by itself does not need the end of the channel. */
const leaves = isOneOf("BreakStatement", "ReturnStatement", "ThrowStatement");

function isUsedOnTheSpot(mention: Identifier): boolean {
  return isOnlyTested(mention) || methodOn(mention) !== undefined;
}

function isClosing(mention: Identifier, model: ChannelModel): boolean {
  return model.closes.includes(methodOn(mention) ?? "");
}

/** The call of a method on the mention; the method itself where it is handed on as a function. */
function callOn(mention: Identifier): Node {
  const member = wrapped(wrapped(mention).parent);
  const { parent } = member;
  return is.CallExpression(parent) && parent.expression === member ? parent : member;
}

/** A way through the only function inside that closes the sender, on which it does not. */
function missedIn(closing: readonly Node[], program: Program): Path | undefined {
  const [first] = closing;
  const producer = first && flowOwner(first);
  if (producer === undefined || !isFunctionLike(producer)) return undefined;
  if (!closing.every((it) => flowOwner(it) === producer && is.CallExpression(it))) return undefined;
  const ends = new Set(closing);
  return pathFromEntry(
    producer,
    {
      until: EXITS,
      stops: (it) => ends.has(it),
      exceptions: (it, role) =>
        !isOfSender(it, closing) && raisedAt({ node: it, role }, program) !== undefined,
    },
    program,
  );
}

function isOfSender(node: Node, closing: readonly Node[]): boolean {
  const awaited = is.AwaitExpression(node) ? unwrapped(node.expression) : node;
  const receiver = methodCall(awaited)?.receiver;
  const name = receiver && nameOf(unwrapped(receiver));
  return closing.some((it) => {
    const own = methodCall(it)?.receiver;
    return name !== undefined && own !== undefined && nameOf(unwrapped(own)) === name;
  });
}

/** The one function inside the owner that sends; undefined: there are several, or the owner does. */
export function producerOf({ uses, loop }: UnclosedChannel): FunctionLike | undefined {
  const owners = new Set(uses.map((it) => flowOwner(it)));
  const [only, another] = owners;
  if (another !== undefined || !isFunctionLike(only) || isInside(loop, only)) return undefined;
  return isFunctionExpression(only) || is.FunctionDeclaration(only) ? only : undefined;
}

import type { Program } from "../program.ts";
import {
  bodyHas,
  type CallExpression,
  is,
  isFunctionLike,
  isInside,
  isLoop,
  methodCall,
  type Node,
  statementOf,
  walk,
  wrapped,
} from "../syntax.ts";
import { eventKey, registrationOf, targetKey } from "./listeners.ts";
import { declarationOf } from "./references.ts";

// Does code write to a stream as fast as it gets something, whatever the stream says?
//
// A writable stream gives `false` when it is full, and `drain` when it is not any more. Asked of calls
// of `write` on a stream of Node whose value nobody looks at: inside a loop that waits for its source
// (`for await`, or a loop with an `await` in it), or in a listener for `data`. A loop over what is in
// memory already takes no more of it. Left out: the standard streams, which a log is written to, and
// what is not made of what the source gives, such as the short answers of a protocol.

const STREAMS =
  /^(?:Writable|Duplex|Transform|PassThrough|WriteStream|Socket|TLSSocket|ClientRequest|ServerResponse|OutgoingMessage)$/;

/** What the code goes on with, without looking at whether the stream is full. */
export function floodedBy(call: CallExpression, program: Program): Node | undefined {
  const method = methodCall(call);
  if (method?.method !== "write" || statementOf(call) === undefined) return undefined;
  const around = sourceAround(call, program);
  if (around === undefined || !passesOn(call, around.scope, program)) return undefined;
  const { source } = around;
  if (targetKey(method.receiver)?.startsWith("process.") === true) return undefined;
  const { type } = program.types.value(method.receiver);
  const isStream = type?.module.startsWith("node:") === true && STREAMS.test(type.name);
  return isStream ? source : undefined;
}

interface Around {
  readonly source: Node;
  /** The loop or listener, in which what the source gives has its names. */
  readonly scope: Node;
}

function sourceAround(call: Node, program: Program): Around | undefined {
  for (let at = call.parent; !is.SourceFile(at); at = at.parent) {
    if (isFunctionLike(at)) {
      const source = dataSource(at, program);
      return source && { source, scope: at };
    }
    if (is.ForOfStatement(at) && at.awaitModifier !== undefined)
      return waits(at.statement) ? undefined : { source: at.expression, scope: at };
    if (isLoop(at) && waits(at.statement)) return undefined;
  }
  return undefined;
}

/** Whether what is written is made of what the source gives: a short answer to it does no harm. */
function passesOn({ arguments: args }: CallExpression, scope: Node, program: Program): boolean {
  return args.some((it) => {
    let found = false;
    const visit = (node: Node): "skip" | undefined => {
      const declaration = is.Identifier(node) ? declarationOf(node, program) : undefined;
      found ||= declaration !== undefined && isInside(declaration, scope);
      return found ? "skip" : undefined;
    };
    visit(it);
    walk(it, visit);
    return found;
  });
}

/** A loop that waits for something else in its body may well wait for the stream. */
function waits(body: Node): boolean {
  return bodyHas(body, (it) => is.AwaitExpression(it));
}

/** The listener for `data` that the function is. */
function dataSource(fn: Node, program: Program): Node | undefined {
  const { parent } = wrapped(fn);
  if (!is.CallExpression(parent)) return undefined;
  const registration = registrationOf(parent, program);
  const isData = registration !== undefined && eventKey(registration.event) === "data";
  return isData ? parent.expression : undefined;
}

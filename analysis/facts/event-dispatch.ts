import type { EventModel } from "../primitives/primitive.ts";
import { type Program, resolve } from "../program.ts";
import {
  type FunctionLike,
  is,
  isFunctionLike,
  type Node,
  nameOf,
  type PropertyAccess,
  unwrapped,
  walk,
} from "../syntax.ts";
import { wayBetween } from "./pauses.ts";

// Is an event used when its dispatch is over?
//
// A handler is called during the dispatch, and an async handler returns at its first pause; what
// comes behind runs when the event is history. The parameter's type says what is an event, by the
// member that is used: own events that happen to have such a member are not meant. *May*: one path on
// which a pause comes before the use is enough, since both outcomes were written for a reason. Pauses
// in callbacks count like others. A call that has been made before the pause already (`preventDefault`
// at the start, and again in a loop) has done its work, and repeating it does no harm.

export interface LateUse {
  readonly use: PropertyAccess;
  readonly model: EventModel;
  /** The function that is called with the event. */
  readonly handler: FunctionLike;
  /** Where the handler has returned by then. */
  readonly pauses: readonly Node[];
}

/** The use of an event's member behind a pause of its handler. */
export function lateUse(use: PropertyAccess, program: Program): LateUse | undefined {
  const event = unwrapped(use.expression);
  if (!program.models.passes(use.name.text) || !is.Identifier(event)) return undefined;
  const symbol = program.types.symbol(event);
  const [place, another] = symbol?.declarations ?? [];
  if (symbol?.kind !== "parameter" || place === undefined || another !== undefined)
    return undefined;
  const parameter = resolve(place, program);
  const handler = parameter?.parent;
  if (!is.Parameter(parameter) || !isFunctionLike(handler)) return undefined;
  const model = program.models.event(program.types.symbol(use.name));
  if (model === undefined) return undefined;
  const isCall = model.late === "ignored" || model.late === "throws";
  const earlier = isCall ? sameCalls(use, handler) : new Set<Node>();
  const way = wayBetween(parameter, use, program, (it) => earlier.has(it));
  const [pause] = way?.pauses ?? [];
  return pause && way && { use, model, handler, pauses: way.pauses };
}

/** The other uses of the same member of the same event. */
function sameCalls(use: PropertyAccess, handler: FunctionLike): ReadonlySet<Node> {
  const name = nameOf(unwrapped(use.expression));
  const found = new Set<Node>();
  walk(handler, (it) => {
    if (!is.PropertyAccessExpression(it) || it === use) return undefined;
    if (it.name.text === use.name.text && nameOf(unwrapped(it.expression)) === name) found.add(it);
    return undefined;
  });
  return found;
}

import type { ParameterAnswer, SignatureAnswer, TypeName } from "../engine/type-engine.ts";
import type { SignalModel } from "../primitives/primitive.ts";
import type { Program } from "../program.ts";
import { type CallExpression, is, type Node, type NodeOf, nameOf, unwrapped } from "../syntax.ts";

// Where does a call take a signal, and is that place empty?
//
// A slot is a parameter of a type that is a signal, or an optional member of such a type in an
// object that the call may be given. All overloads count that the arguments fit so far, for the one
// with the signal is often another one than that which a call without it chooses. A slot is empty
// where nothing stands there: no argument, or an object written out that has no such member. What
// is handed over whole, spread, or `undefined` on purpose is taken to have been thought about.

export interface EmptySlot {
  readonly call: CallExpression;
  /** Which argument it is, counted from 0. */
  readonly position: number;
  /** The member of an object at this position; undefined: the argument itself. */
  readonly member: string | undefined;
  /** The object that is there already. */
  readonly options: NodeOf<"ObjectLiteralExpression"> | undefined;
  /** Whether `undefined` may stand there. */
  readonly nullable: boolean;
}

/** The place of a call in which a signal of this protocol could stand, and nothing does. */
export function emptySlot(
  call: CallExpression,
  { protocol }: SignalModel,
  program: Program,
): EmptySlot | undefined {
  if (call.arguments.some((it) => is.SpreadElement(it))) return undefined;
  const takes = (types: readonly TypeName[]) =>
    types.some((it) => program.models.type(it)?.signal?.protocol === protocol);
  let found: EmptySlot | undefined;
  for (const signature of program.types.signatures(call, program.models.signalMembers)) {
    if (!signature.fits) continue;
    const slot = slotOf(call, signature, takes, program);
    if (slot === "filled") return undefined;
    found ??= slot;
  }
  return found;
}

type Takes = (types: readonly TypeName[]) => boolean;

function slotOf(
  call: CallExpression,
  { parameters }: SignatureAnswer,
  takes: Takes,
  program: Program,
): EmptySlot | "filled" | undefined {
  for (const [position, parameter] of parameters.entries()) {
    const argument = call.arguments[position];
    if (!parameter.rest && takes(parameter.types)) {
      if (argument !== undefined) return "filled";
      if (!canLeaveOut(parameters, call.arguments.length, position)) return undefined;
      return {
        call,
        position,
        member: undefined,
        options: undefined,
        nullable: parameter.nullable,
      };
    }
    const member = parameter.members.find((it) => takes(it.types));
    if (member === undefined || parameter.rest) continue;
    const { nullable } = member;
    if (argument === undefined) {
      if (!nullable || !canLeaveOut(parameters, call.arguments.length, position)) continue;
      return { call, position, member: member.name, options: undefined, nullable };
    }
    const options = unwrapped(argument);
    if (is.ObjectLiteralExpression(options)) {
      if (isGiven(options, member.name)) return "filled";
      if (nullable) return { call, position, member: member.name, options, nullable };
    } else if (nullable || program.types.members(options, [member.name]).length > 0) {
      return "filled";
    }
  }
  return undefined;
}

/** Whether the parameters from here to there can be `undefined`. */
function canLeaveOut(parameters: readonly ParameterAnswer[], from: number, to: number): boolean {
  return parameters.slice(from, to).every((it) => it.nullable && !it.rest);
}

function isGiven({ properties }: NodeOf<"ObjectLiteralExpression">, member: string): boolean {
  return properties.some((it) => is.SpreadAssignment(it) || namesMember(it, member));
}

function namesMember(property: Node, member: string): boolean {
  if (is.PropertyAssignment(property) || is.ShorthandPropertyAssignment(property)) {
    return is.ComputedPropertyName(property.name) || nameOf(property.name) === member;
  }
  const isFunction = is.MethodDeclaration(property) || is.GetAccessor(property);
  return isFunction && nameOf(property.name) === member;
}

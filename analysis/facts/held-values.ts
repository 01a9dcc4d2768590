import type { Program } from "../program.ts";
import {
  declarationKeyword,
  type Identifier,
  is,
  isAssignment,
  Kind,
  type Node,
  nameOf,
  type PropertyAccess,
  sourceFileOf,
  unwrapped,
} from "../syntax.ts";
import { accessesTo } from "./accesses.ts";
import { constantBehind, functionsIn } from "./callees.ts";
import { flowOwner } from "./flow-graph.ts";
import { locationOf, variableOf } from "./locations.ts";
import { leadsTo } from "./pauses.ts";
import { returnedBy } from "./returns.ts";

// What may be in a variable where it is read, or in a property of what a function has given?
//
// A `let` of one function holds what was assigned to it last, on whatever way: `work = load(); work =
// work.catch(report); return work` returns what `catch` gave. And `result.done` of `const result =
// this.begin()` is what `begin` puts behind `done` in each object literal that it returns. All or nothing:
// where one of the values is not in sight, nothing is known. Not followed: variables that inner functions
// write, patterns, and objects that are filled after they were made.

/** What the variable may hold at this mention; undefined: not known. Nothing assigned yet is no value. */
export function heldAt(name: Identifier, program: Program): readonly Node[] | undefined {
  const declaration = variableOf(name, program);
  if (!is.VariableDeclaration(declaration) || !is.Identifier(declaration.name)) return undefined;
  const { initializer, parent: list } = declaration;
  const owner = flowOwner(name);
  if (!is.VariableDeclarationList(list) || declarationKeyword(list) !== "let") return undefined;
  if (owner === undefined || owner !== flowOwner(declaration)) return undefined;
  const location = locationOf(name, program);
  const given: { readonly at: Node; readonly value: Node }[] = [];
  if (initializer !== undefined) given.push({ at: declaration, value: initializer });
  for (const it of location ? accessesTo(location, sourceFileOf(name), program) : []) {
    if (is.ForOfStatement(it.reference.parent)) return undefined;
    if (it.kind !== "write") continue;
    const isPlain = isAssignment(it.at) && it.at.operatorToken.kind === Kind.EqualsToken;
    if (!isPlain || it.value === undefined || flowOwner(it.at) !== owner) return undefined;
    given.push({ at: it.at, value: it.value });
  }
  if (given.length === 0) return undefined;
  const reaching = given.filter(({ at }) =>
    leadsTo(at, name, (it) => it !== at && given.some((other) => other.at === it), program),
  );
  return reaching.map(({ value }) => value);
}

/** What the property of a result may be: `result.done` of `const result = this.begin()`. */
export function givenBehind(access: PropertyAccess, program: Program): readonly Node[] | undefined {
  const object = unwrapped(access.expression);
  const bound = is.Identifier(object) ? constantBehind(object, program) : undefined;
  const value = bound && unwrapped(bound);
  const call = is.AwaitExpression(value) ? unwrapped(value.expression) : value;
  if (!is.CallExpression(call)) return undefined;
  const functions = functionsIn(unwrapped(call.expression), program);
  const values: Node[] = [];
  for (const returned of functions.flatMap((it) => returnedBy(it, program))) {
    const given = propertyOf(unwrapped(returned), access.name.text);
    if (given === undefined) return undefined;
    values.push(given);
  }
  return values.length === 0 ? undefined : values;
}

function propertyOf(object: Node, name: string): Node | undefined {
  if (!is.ObjectLiteralExpression(object)) return undefined;
  if (object.properties.some((it) => is.SpreadAssignment(it))) return undefined;
  for (const it of object.properties) {
    if (is.PropertyAssignment(it) && nameOf(it.name) === name) return it.initializer;
    if (is.ShorthandPropertyAssignment(it) && it.name.text === name) return it.name;
  }
  return undefined;
}

import { fact, type Program, resolve } from "../program.ts";
import {
  bodyHas,
  enclosingClass,
  hasModifier,
  is,
  isAssignment,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";

// What may be in a field of a class?
//
// Everything that is assigned to it, where all assignments are in sight: the field is `#private`,
// `private` or `readonly`, so that only the class's own body writes it. Any receiver counts, and so
// does a namesake in a nested class: more values than there are, never fewer. Not known where a
// pattern writes it (`[this.a] = pair`) or nothing does. A list that only its class knows holds what is
// put into it there, as long as it is not handed on. Left out: `this["name"] = …`.

type Field = NodeOf<"PropertyDeclaration">;

/** The expressions that a field is given; undefined where others may give it more. */
export function valuesOfField(
  access: NodeOf<"PropertyAccessExpression">,
  program: Program,
): readonly Node[] | undefined {
  const [place, another] = program.types.symbol(access.name)?.declarations ?? [];
  if (place === undefined || another !== undefined || !program.types.isOwn(place.file)) {
    return undefined;
  }
  const declaration = resolve(place, program);
  return is.PropertyDeclaration(declaration) ? givenTo(declaration, program) : undefined;
}

const givenTo: (field: Field, program: Program) => readonly Node[] | undefined = fact((field) => {
  const scope = enclosingClass(field);
  if (scope === undefined || !isClosed(field)) return undefined;
  const name = nameOf(field.name);
  const values: Node[] = field.initializer === undefined ? [] : [field.initializer];
  let inPattern = false;
  walk(scope, (it) => {
    if (!isAssignment(it)) return undefined;
    const target = unwrapped(it.left);
    if (isMember(target, name)) values.push(it.right);
    else if (is.ArrayLiteralExpression(target) || is.ObjectLiteralExpression(target)) {
      inPattern ||= bodyHas(target, (inner) => isMember(inner, name));
    }
    return undefined;
  });
  return inPattern || values.length === 0 ? undefined : values;
});

/** The elements that a list in a field is given; undefined where others may give it more. */
export function elementsOfField(
  access: NodeOf<"PropertyAccessExpression">,
  program: Program,
): readonly Node[] | undefined {
  const values = valuesOfField(access, program);
  const scope = enclosingClass(access);
  if (values === undefined || scope === undefined) return undefined;
  const elements: Node[] = [];
  for (const value of values) {
    const list = unwrapped(value);
    if (!is.ArrayLiteralExpression(list)) return undefined;
    elements.push(...list.elements);
  }
  const name = nameOf(access.name);
  let isHandedOn = false;
  walk(scope, (it) => {
    isHandedOn ||= isMember(it, name) && isGiven(it);
    const call = methodCall(it);
    if (call !== undefined && ADDS.has(call.method) && isMember(unwrapped(call.receiver), name)) {
      // What `splice` and its like are told besides is no function, and does no harm here.
      elements.push(...call.args);
    }
    const target = isAssignment(it) ? unwrapped(it.left) : undefined;
    if (is.ElementAccessExpression(target) && isMember(unwrapped(target.expression), name)) {
      if (isAssignment(it)) elements.push(it.right);
    }
    return undefined;
  });
  const isKnown = elements.length > 0 && !isHandedOn && !elements.some(is.SpreadElement);
  return isKnown ? elements : undefined;
}

/** Whether the list itself goes to somebody who may add to it: an argument, a value, a result. */
function isGiven(list: Node): boolean {
  const { parent } = wrapped(list);
  if (is.PropertyAccessExpression(parent) || is.ElementAccessExpression(parent)) return false;
  if (isAssignment(parent)) return parent.right === wrapped(list);
  return !is.ForOfStatement(parent) && !is.SpreadElement(parent);
}

const ADDS: ReadonlySet<string> = new Set(["push", "unshift", "splice", "fill"]);

function isClosed(field: Field): boolean {
  return (
    is.PrivateIdentifier(field.name) ||
    hasModifier(field, Kind.PrivateKeyword) ||
    hasModifier(field, Kind.ReadonlyKeyword)
  );
}

function isMember(node: Node, name: string | undefined): boolean {
  return is.PropertyAccessExpression(node) && nameOf(node.name) === name;
}

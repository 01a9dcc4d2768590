import { fact, type Program, resolve } from "../program.ts";
import {
  bodyHas,
  enclosingClass,
  hasModifier,
  is,
  isAssignment,
  Kind,
  type Node,
  type NodeOf,
  nameOf,
  unwrapped,
  walk,
} from "../syntax.ts";

// What may be in a field of a class?
//
// Everything that is assigned to it, where all assignments are in sight: the field is `#private`,
// `private` or `readonly`, so that only the class's own body writes it. Any receiver counts, and so
// does a namesake in a nested class: more values than there are, never fewer. Not known where a
// pattern writes it (`[this.a] = pair`) or nothing does. Left out: `this["name"] = …`.

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

import { insertAfter, insertBefore, replace } from "../../analysis/edit.ts";
import type { Access } from "../../analysis/facts/access-kinds.ts";
import { cellCall, locationOf } from "../../analysis/facts/locations.ts";
import { originsOf } from "../../analysis/facts/origins.ts";
import { argumentsOfMap } from "../../analysis/facts/place-types.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  enclosingFunction,
  is,
  isClassLike,
  isJavaScript,
  isOneOf,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
} from "../../analysis/syntax.ts";
import { indentOf, isInList } from "./statements.ts";

/**
 * Keeps the promises of what is being loaded beside the map that keeps the values: whoever asks for
 * the same key meanwhile waits for the same promise. The value is in the map before the promise is
 * forgotten, and a promise that rejects is forgotten too.
 */
export function shareCellPromise(write: Access, program: Program): Fix[] {
  const { at, value } = write;
  const asked = cellCall(at);
  if (asked?.method !== "set" || value === undefined) return [];
  const awaited = originsOf(value, program)
    .filter(({ opaque }) => !opaque)
    .map(({ node }) => node)
    .find((it) => is.AwaitExpression(it));
  if (!is.AwaitExpression(awaited) || !isWholeValue(value, awaited, program)) return [];
  const work = unwrapped(awaited.expression);
  const statement = ancestor(awaited, isStatement);
  const { extent, names } = program.types.promise(work);
  const isReal = extent === "all" && names.every((it) => it.name === "Promise");
  if (!is.CallExpression(work) || statement === undefined || !isInList(statement) || !isReal)
    return [];
  if (enclosingFunction(awaited) !== enclosingFunction(at)) return [];
  const map = unwrapped(asked.receiver);
  const declared = declarationOf(map, program);
  if (declared === undefined) return [];
  const { declaration, whole } = declared;
  const js = isJavaScript(sourceFileOf(at));
  const types = js ? ([] as const) : argumentsOfMap(declaration);
  if (types === undefined) return [];
  const own = is.PropertyAccessExpression(map) ? map.name : map;
  const name = `${(nameOf(own) ?? "map").replace(/^[#_]+/, "")}Pending`;
  const { text } = sourceFileOf(at);
  if (new RegExp(`\\b(?:${name}|pending)\\b`).test(text)) return [];
  const mark = is.PrivateIdentifier(own) ? "#" : "";
  const place = is.PropertyAccessExpression(map)
    ? `${textOf(map.expression)}.${mark}${name}`
    : name;
  const [key, kept] = types;
  const made = js ? "new Map()" : `new Map<${key ?? ""}, Promise<${kept ?? ""}>>()`;
  const modifier =
    is.PropertyDeclaration(declaration) && !js && mark === "" ? "private readonly " : "";
  const keyword = is.PropertyDeclaration(declaration) ? modifier : "const ";
  const indent = indentOf(statement);
  const keyText = textOf(asked.key);
  const lines = [
    `let pending = ${place}.get(${keyText});`,
    `if (pending === undefined) {`,
    `  pending = ${textOf(work)}`,
    `    .then((loaded) => {`,
    `      ${textOf(map)}.set(${keyText}, loaded);`,
    `      return loaded;`,
    `    })`,
    `    .finally(() => ${place}.delete(${keyText}));`,
    `  ${place}.set(${keyText}, pending);`,
    `}`,
  ];
  return [
    {
      title: `Let all calls for the same key wait for the same promise`,
      safety: "suggestion",
      edits: [
        insertAfter(whole, `\n${indentOf(whole)}${keyword}${mark}${name} = ${made};`),
        insertBefore(statement, `${lines.join(`\n${indent}`)}\n${indent}`),
        replace(awaited.expression, "pending"),
      ],
      chosen: [name],
    },
  ];
}

const isStatement = isOneOf("ExpressionStatement", "VariableStatement", "ReturnStatement");

/** Whether what goes into the map is just what the promise gives. */
function isWholeValue(value: Node, awaited: Node, program: Program): boolean {
  const node = unwrapped(value);
  if (node === awaited) return true;
  if (!is.Identifier(node)) return false;
  const location = locationOf(node, program);
  const declaration = location?.root.kind === "variable" ? location.root.declaration : undefined;
  const made = is.VariableDeclaration(declaration) ? declaration.initializer : undefined;
  return made !== undefined && unwrapped(made) === awaited;
}

function declarationOf(map: Node, program: Program) {
  const location = locationOf(map, program);
  if (location === undefined) return undefined;
  const { root, path } = location;
  if (root.kind === "variable") {
    const { declaration } = root;
    const statement = declaration.parent.parent;
    return is.VariableDeclaration(declaration) &&
      path.length === 0 &&
      is.VariableStatement(statement)
      ? { declaration, whole: statement }
      : undefined;
  }
  if (root.kind !== "instance" || !isClassLike(root.owner) || path.length !== 1) return undefined;
  for (const member of root.owner.members) {
    if (is.PropertyDeclaration(member) && nameOf(member.name) === path[0]) {
      return { declaration: member, whole: member };
    }
  }
  return undefined;
}

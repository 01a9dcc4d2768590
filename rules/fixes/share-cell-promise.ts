import { type Edit, insertAfter, replace } from "../../analysis/edit.ts";
import type { Access } from "../../analysis/facts/access-kinds.ts";
import { accessesTo } from "../../analysis/facts/accesses.ts";
import { cellCall, locationOf } from "../../analysis/facts/locations.ts";
import { originsOf } from "../../analysis/facts/origins.ts";
import { argumentsOfMap } from "../../analysis/facts/place-types.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  type CallExpression,
  enclosingFunction,
  is,
  isAssignment,
  isClassLike,
  isInside,
  isJavaScript,
  isOneOf,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  statementOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { bringPrimitive } from "./bring-primitive.ts";
import { canLeave } from "./free-names.ts";
import { linesIn, unitOf } from "./indents.ts";
import { indentOf, isInList, statementBefore, statementRemoved } from "./statements.ts";
import { unusedName } from "./unused-name.ts";

/** What is loaded for a key and put into a map, and where all of it stands. */
interface Loading {
  /** `await load(id)`, and the statement that it is in. */
  readonly awaited: NodeOf<"AwaitExpression">;
  readonly statement: Node;
  readonly work: CallExpression;
  readonly map: Node;
  readonly key: Node;
  readonly declared: NonNullable<ReturnType<typeof declarationOf>>;
  /** The types of keys and values; undefined in JavaScript. */
  readonly types: readonly [string, string] | undefined;
  /** `users` for `this.#users`, with what has to stand in front of a name beside it. */
  readonly plain: string;
  readonly mark: string;
  /** `this.` in front of a member. */
  readonly holder: string;
}

/**
 * Keeps the promises of what is being loaded beside the map that keeps the values: whoever asks for
 * the same key meanwhile waits for the same promise. The value is in the map before the promise is
 * forgotten, and a promise that rejects is forgotten too.
 */
export function shareCellPromise(write: Access, program: Program): Fix[] {
  const loading = loadingFor(write, program);
  if (loading === undefined) return [];
  const { statement, work, map, key, declared, types, plain, mark, holder } = loading;
  const file = sourceFileOf(work);
  const name = unusedName(file, [`${plain}Pending`, `${plain}InFlight`]);
  const pending = unusedName(file, ["pending", "promise", `${plain}Promise`]);
  if (name === undefined || pending === undefined) return [];
  const place = `${holder}${mark}${name}`;
  const made = types === undefined ? "new Map()" : `new Map<${types[0]}, Promise<${types[1]}>>()`;
  const keyText = textOf(key);
  const lines = [
    `let ${pending} = ${place}.get(${keyText});`,
    `if (${pending} === undefined) {`,
    `  ${pending} = ${textOf(work)}`,
    `    .then((loaded) => {`,
    `      ${textOf(map)}.set(${keyText}, loaded);`,
    `      return loaded;`,
    `    })`,
    `    .finally(() => ${place}.delete(${keyText}));`,
    `  ${place}.set(${keyText}, ${pending});`,
    `}`,
  ];
  const indent = isInList(statement)
    ? indentOf(statement)
    : indentOf(statement.parent) + unitOf(file);
  return [
    {
      title: `Let all calls for the same key wait for the same promise`,
      safety: "suggestion",
      edits: [
        declared.beside(`${mark}${name}`, made),
        ...statementBefore(statement, linesIn(file, indent, lines)),
        ...filledElsewhere(write, loading, pending, program),
      ],
      chosen: [name],
    },
  ];
}

/**
 * The same by a function of its own that `singleFlight` makes, for work that depends on nothing but
 * the key: `const loadUserOnce = singleFlight(async (id) => { … })`.
 */
export function shareCellFlight(write: Access, program: Program): Fix[] {
  const loading = loadingFor(write, program);
  const fn = enclosingFunction(write.at);
  if (loading === undefined || fn === undefined) return [];
  const { work, map, key, declared, types, mark, holder } = loading;
  const keyName = nameOf(unwrapped(key));
  if (!is.Identifier(unwrapped(key)) || keyName === undefined) return [];
  const options = { withThis: holder === "this.", except: [keyName] };
  if (isInside(declared.whole, fn) || !canLeave(work, fn, program, options)) return [];
  const file = sourceFileOf(work);
  const brought = bringPrimitive("singleFlight", file, program);
  const callee = unwrapped(work.expression);
  const called = nameOf(is.PropertyAccessExpression(callee) ? callee.name : callee);
  if (brought === undefined || called === undefined) return [];
  const plain = called.replace(/^[#_]+/, "");
  const name = unusedName(file, [`${plain}Once`, `${plain}Shared`]);
  if (name === undefined) return [];
  const parameter = types === undefined ? keyName : `${keyName}: ${types[0]}`;
  const lines = [
    `${brought.name}(async (${parameter}) => {`,
    `  const loaded = await ${textOf(work)};`,
    `  ${textOf(map)}.set(${keyName}, loaded);`,
    `  return loaded;`,
    `})`,
  ];
  const made = linesIn(file, indentOf(declared.whole), lines);
  const call = `${holder}${mark}${name}(${keyName})`;
  return [
    {
      title: `Load each key once at a time, with '${brought.name}'${brought.aside}`,
      safety: "suggestion",
      edits: [
        ...brought.edits,
        declared.beside(`${mark}${name}`, made),
        ...filledElsewhere(write, loading, call, program),
      ],
      creates: brought.creates,
      chosen: [name],
    },
  ];
}

/**
 * The function waits for the promise instead, which fills the map: so the statement that does it
 * here goes, unless it does something else as well.
 */
function filledElsewhere(
  write: Access,
  { awaited }: Loading,
  promise: string,
  program: Program,
): Edit[] {
  const filling = wrapped(write.at).parent;
  const waits = replace(awaited.expression, promise);
  if (!is.ExpressionStatement(filling)) return [waits];
  const value = write.value && unwrapped(write.value);
  if (value === awaited) return [replace(filling.expression, `await ${promise}`)];
  const location = value && locationOf(value, program);
  if (location?.root.kind !== "variable") return [waits];
  const mentions = accessesTo(location, sourceFileOf(filling), program).filter(
    (it) => it.kind === "read" && !isInside(it.at, filling),
  );
  if (mentions.length > 0) return [waits, statementRemoved(filling)];
  const statement = ancestor(awaited, isStatement);
  const list = is.VariableStatement(statement) ? statement.declarationList : undefined;
  if (list?.declarations.length !== 1 || location.path.length > 0) return [waits];
  return [replace(list, `await ${promise}`), statementRemoved(filling)];
}

function loadingFor(write: Access, program: Program): Loading | undefined {
  const { at, value } = write;
  const asked = cellCall(at);
  if (asked?.method !== "set" || value === undefined) return undefined;
  const awaited = originsOf(value, program)
    .filter(({ opaque }) => !opaque)
    .map(({ node }) => node)
    .find((it) => is.AwaitExpression(it));
  if (!is.AwaitExpression(awaited) || !isWholeValue(value, awaited, program)) return undefined;
  const work = unwrapped(awaited.expression);
  const statement = ancestor(awaited, isStatement);
  const { extent, names } = program.types.promise(work);
  const isReal = extent === "all" && names.every((it) => it.name === "Promise");
  if (!is.CallExpression(work) || statement === undefined || !isReal) return undefined;
  if (enclosingFunction(awaited) !== enclosingFunction(at)) return undefined;
  const map = unwrapped(asked.receiver);
  const declared = declarationOf(map, program);
  if (declared === undefined) return undefined;
  const types = isJavaScript(sourceFileOf(at)) ? undefined : argumentsOfMap(declared.declaration);
  if (types === undefined && !isJavaScript(sourceFileOf(at))) return undefined;
  const own = is.PropertyAccessExpression(map) ? map.name : map;
  return {
    awaited,
    statement,
    work,
    map,
    key: asked.key,
    declared,
    types,
    plain: (nameOf(own) ?? "map").replace(/^[#_]+/, ""),
    mark: is.PrivateIdentifier(own) ? "#" : "",
    holder: is.PropertyAccessExpression(map) ? `${textOf(map.expression)}.` : "",
  };
}

const isStatement = isOneOf("ExpressionStatement", "VariableStatement", "ReturnStatement");

/** Whether what goes into the map is just what the promise gives. */
function isWholeValue(value: Node, awaited: Node, program: Program): boolean {
  const node = unwrapped(value);
  if (node === awaited) return true;
  if (!is.Identifier(node)) return false;
  const location = locationOf(node, program);
  const { parent } = wrapped(awaited);
  if (isAssignment(parent) && statementOf(parent) !== undefined) {
    return location !== undefined && locationOf(parent.left, program)?.key === location.key;
  }
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
      ? { declaration, whole: statement, beside: besideIt(statement, () => "const ") }
      : undefined;
  }
  if (root.kind !== "instance" || !isClassLike(root.owner) || path.length !== 1) return undefined;
  for (const member of root.owner.members) {
    if (is.PropertyDeclaration(member) && nameOf(member.name) === path[0]) {
      const isPlain = isJavaScript(sourceFileOf(member));
      const modifiers = (name: string) =>
        isPlain ? "" : name.startsWith("#") ? "readonly " : "private readonly ";
      return { declaration: member, whole: member, beside: besideIt(member, modifiers) };
    }
  }
  return undefined;
}

/** Declares something behind what is given. */
function besideIt(whole: Node, before: (name: string) => string) {
  return (name: string, value: string): Edit =>
    insertAfter(whole, `\n${indentOf(whole)}${before(name)}${name} = ${value};`);
}

import type { Collects, SerialLoop } from "../../analysis/facts/serial-work.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  bodyHas,
  is,
  type Node,
  type NodeOf,
  sourceFileOf,
  startOf,
  textOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { bringMapLimit } from "./map-limit.ts";

/**
 * Several turns of a loop at a time. What is pushed at the end of each turn becomes the result of
 * the turn, so that it keeps its order; what is put under a key is put there as it comes.
 */
export function collectSeveral(found: SerialLoop, program: Program): Fix[] {
  const { loop } = found;
  const file = sourceFileOf(loop);
  const item = itemOf(loop);
  // In a turn of its own, `continue` would have to become `return`.
  if (item === undefined || bodyHas(loop, (it) => is.ContinueStatement(it))) return [];
  const [only, another] = found.collects;
  const pushed = only?.how === "push" && another === undefined ? pushedLast(only, loop) : undefined;
  if (pushed === undefined && !found.collects.every((it) => it.how === "keyed")) return [];
  const declared = pushed && only && declaredDirectlyBefore(only, loop);
  const start = declared ?? loop;
  const brought = bringMapLimit(file, program, { start: startOf(start, file), end: loop.end });
  if (brought === undefined) return [];
  const turn = pushed === undefined ? bodyOf(loop) : turnGiving(pushed, loop);
  const call = `await ${brought.name}(${textOf(loop.expression)}${brought.beforeWork}async (${item}) => ${turn}${brought.options})`;
  return [
    {
      title: brought.title,
      safety: "suggestion",
      edits: [
        ...brought.edits,
        {
          file: file.fileName,
          start: startOf(start, file),
          end: loop.end,
          text: whole(call, pushed && only, declared),
        },
      ],
      creates: brought.creates,
    },
  ];
}

type VariableStatement = NodeOf<"VariableStatement">;

function whole(
  call: string,
  collects: Collects | undefined,
  declared: VariableStatement | undefined,
): string {
  if (collects === undefined) return `${call};`;
  const [declaration] = declared?.declarationList.declarations ?? [];
  if (declaration === undefined) return `${textOf(collects.collection)}.push(...(${call}));`;
  const type = declaration.type === undefined ? "" : `: ${textOf(declaration.type)}`;
  return `const ${textOf(declaration.name)}${type} = ${call};`;
}

function itemOf({ initializer }: NodeOf<"ForOfStatement">): string | undefined {
  if (!is.VariableDeclarationList(initializer)) return undefined;
  const [only] = initializer.declarations;
  return only && textOf(only.name);
}

function bodyOf({ statement }: NodeOf<"ForOfStatement">): string {
  const text = textOf(statement);
  return is.Block(statement) ? text : `{ ${text} }`;
}

/** The one value that is pushed by the last statement of the loop. */
function pushedLast({ at }: Collects, { statement }: NodeOf<"ForOfStatement">): Node | undefined {
  const [value, another] = is.CallExpression(at) ? at.arguments : [];
  if (value === undefined || another !== undefined || is.SpreadElement(value)) return undefined;
  const last = is.Block(statement) ? statement.statements.at(-1) : statement;
  return last === wrapped(at).parent ? value : undefined;
}

function turnGiving(value: Node, { statement }: NodeOf<"ForOfStatement">): string {
  const isObject = is.ObjectLiteralExpression(unwrapped(value));
  const isOnly = !is.Block(statement) || statement.statements.length === 1;
  if (isOnly) return isObject ? `(${textOf(value)})` : textOf(value);
  const file = sourceFileOf(statement);
  const last = is.Block(statement) ? statement.statements.at(-1) : undefined;
  const head = file.text.slice(startOf(statement, file), startOf(last ?? statement, file));
  const tail = file.text.slice(last?.end ?? statement.end, statement.end);
  return `${head}return ${textOf(value)};${tail}`;
}

/** `const names: string[] = [];` in the line above. */
function declaredDirectlyBefore(
  { collection }: Collects,
  loop: NodeOf<"ForOfStatement">,
): VariableStatement | undefined {
  const { parent } = loop;
  const statements = is.Block(parent) || is.SourceFile(parent) ? parent.statements : [];
  const before = statements[statements.indexOf(loop) - 1];
  if (!is.VariableStatement(before)) return undefined;
  const [only, another] = before.declarationList.declarations;
  if (only?.initializer === undefined || another !== undefined) return undefined;
  const value = unwrapped(only.initializer);
  const isEmpty = is.ArrayLiteralExpression(value) && value.elements.length === 0;
  return isEmpty && textOf(only.name) === textOf(collection) ? before : undefined;
}

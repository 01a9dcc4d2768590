import type { Edit } from "../../analysis/edit.ts";
import { executorOf } from "../../analysis/facts/executors.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  enclosingFunction,
  is,
  isFunctionExpression,
  type Node,
  nameOf,
  sourceFileOf,
  startOf,
  textOf,
  unwrapped,
  walkBody,
} from "../../analysis/syntax.ts";
import { bringPrimitive } from "./bring-primitive.ts";

const P_TIMEOUT = {
  module: "p-timeout",
  needed: { name: "default", as: "pTimeout" },
  esmOnly: true,
} as const;

/**
 * `timeout(ms, () => work)` for a race between the work and a timer that rejects with a plain Error.
 * The timer ends with the work. The error keeps its message and is a TimeoutError from then on, so
 * a race that rejects with an error of a class of its own stays as it is.
 */
export function limitTime(race: CallExpression, timer: CallExpression, program: Program): Fix[] {
  const { work, milliseconds, message } = limitedWork(race, timer, program) ?? {};
  if (work === undefined || milliseconds === undefined || message === undefined) return [];

  const file = sourceFileOf(race);
  const start = startOf(race);
  const brought = bringPrimitive("timeout", file, program, {
    libraries: [P_TIMEOUT],
    replaced: { start, end: race.end },
  });
  if (brought === undefined) return [];
  const options = message === "" ? "" : `message: ${message}`;
  const written = textOf(work);
  const ms = textOf(milliseconds);
  const text =
    brought.from === P_TIMEOUT.module
      ? `${brought.name}(${written}, { milliseconds: ${ms}${options && `, ${options}`} })`
      : `${brought.name}(${ms}, () => ${arrowBody(work)}${options && `, { ${options} }`})`;
  const edit: Edit = { file: file.fileName, start, end: race.end, text };
  return [
    {
      title: `Limit the time with '${brought.name}'${brought.aside}`,
      safety: "suggestion",
      edits: [...brought.edits, edit],
      creates: brought.creates,
    },
  ];
}

interface Limited {
  readonly work: Node;
  readonly milliseconds: Node;
  /** What the error says, as it is written; empty where it says nothing. */
  readonly message: string;
}

/** The two sides of a race between some work and a timer that rejects with a plain Error. */
export function limitedWork(
  race: CallExpression,
  timer: CallExpression,
  program: Program,
): Limited | undefined {
  const [list, more] = race.arguments;
  const entrants = list && unwrapped(list);
  if (!is.ArrayLiteralExpression(entrants) || more !== undefined) return undefined;
  const [work, limit, third] = entrants.elements;
  if (work === undefined || limit === undefined || third !== undefined) return undefined;
  const milliseconds = timer.arguments[1];
  const message = messageOf(limit, timer, program);
  if (milliseconds === undefined || message === undefined || !canBeLater(work)) return undefined;
  return { work, milliseconds, message };
}

/** What the error says, as it is written; undefined where the promise does more than reject in time. */
function messageOf(limit: Node, timer: CallExpression, program: Program): string | undefined {
  const promise = unwrapped(limit);
  if (!is.NewExpression(promise)) return undefined;
  const executor = executorOf(promise, program);
  if (executor?.reject === undefined || onlyCallIn(executor.fn.body) !== timer) return undefined;
  const [callback, , argument] = timer.arguments;
  const fn = callback && unwrapped(callback);
  if (!isFunctionExpression(fn) || argument !== undefined) return undefined;
  const rejection = onlyCallIn(fn.body);
  if (nameOf(rejection?.expression) !== executor.reject) return undefined;
  const [reason] = rejection?.arguments ?? [];
  const error = reason && unwrapped(reason);
  if (!is.NewExpression(error) || nameOf(error.expression) !== "Error") return undefined;
  const [said, options] = error.arguments ?? [];
  if (options !== undefined) return undefined;
  return said === undefined ? "" : textOf(said);
}

/** The call that is all a function does. */
function onlyCallIn(body: Node | undefined): CallExpression | undefined {
  const [only, another] = is.Block(body) ? body.statements : [];
  const statement = another === undefined ? only : undefined;
  const expression = is.ExpressionStatement(statement) ? statement.expression : body;
  const node = expression && unwrapped(expression);
  return is.CallExpression(node) ? node : undefined;
}

/** Whether it means the same in a function of its own that is called at once. */
function canBeLater(work: Node): boolean {
  let can = !is.AwaitExpression(work) && !is.SpreadElement(work);
  walkBody(work, (it) => {
    const isOfFunction = nameOf(it) === "arguments" && enclosingFunction(it) !== undefined;
    can &&= !is.AwaitExpression(it) && !is.YieldExpression(it) && !isOfFunction;
    return can ? undefined : "skip";
  });
  return can;
}

function arrowBody(work: Node): string {
  const text = textOf(work);
  return is.ObjectLiteralExpression(work) ? `(${text})` : text;
}

import type { Edit } from "../../analysis/edit.ts";
import type { Program } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  type CallExpression,
  is,
  methodCall,
  nameOf,
  type SourceFile,
  sourceFileOf,
  startOf,
  unwrapped,
  wrapped,
} from "../../analysis/syntax.ts";
import { type Brought, bringPrimitive } from "./bring-primitive.ts";

/** So many at a time, until somebody who knows the other side says another number. */
const AT_ONCE = 8;

const P_MAP = { module: "p-map", needed: { name: "default", as: "pMap" }, esmOnly: true } as const;

/**
 * `mapLimit(items, 8, work)` for `Promise.all(items.map(work))`: results in the same order, the same
 * first error, and no more than so many calls at once. The callback gets the item and its index as
 * before; one that wants the whole array as well stays as it is.
 */
export function limitFanOut(call: CallExpression, program: Program): Fix[] {
  const all = methodCall(call);
  const [list, second] = all?.args ?? [];
  if (all?.method !== "all" || nameOf(unwrapped(all.receiver)) !== "Promise") return [];
  if (list === undefined || second !== undefined) return [];
  const mapped = methodCall(unwrapped(list));
  const [work, thisArgument] = mapped?.args ?? [];
  if (mapped?.method !== "map" || work === undefined || thisArgument !== undefined) return [];
  const written = unwrapped(work);
  const isFunction = is.ArrowFunction(written) || is.FunctionExpression(written);
  if (isFunction && written.parameters.length > 2) return [];

  const file = sourceFileOf(call);
  const brought = bringMapLimit(file, program, {
    start: startOf(call),
    end: startOf(mapped.receiver),
  });
  if (brought === undefined) return [];
  const items = wrapped(mapped.receiver);
  const between = (start: number, end: number, text: string): Edit => {
    return { file: file.fileName, start, end, text };
  };
  // Where the list stands on a line of its own, so does each of the arguments.
  const lead = /\s*$/.exec(file.text.slice(startOf(call), startOf(items)))?.[0] ?? "";
  const isTall = lead.includes("\n");
  const lines = (text: string) => (isTall ? text.replace(/, (?=\{|\d|$)/g, `,${lead}`) : text);
  const tail = /\s*\)$/.exec(file.text.slice(work.end, call.end))?.[0] ?? ")";
  return [
    {
      title: brought.title,
      safety: "suggestion",
      edits: [
        ...brought.edits,
        between(startOf(call), startOf(items), `${brought.name}(${lead}`),
        between(items.end, startOf(work), lines(brought.beforeWork)),
        between(
          work.end,
          call.end,
          isTall ? `${lines(brought.options)},${tail}` : `${brought.options})`,
        ),
      ],
      creates: brought.creates,
      chosen: [`${AT_ONCE}`],
    },
  ];
}

export interface MapLimit extends Pick<Brought, "name" | "edits" | "creates"> {
  readonly title: string;
  /** What stands between the items and the work, and between the work and the end, in a call of it. */
  readonly beforeWork: string;
  readonly options: string;
}

/** `mapLimit` or what the project has instead, to be called in place of what is replaced. */
export function bringMapLimit(
  file: SourceFile,
  program: Program,
  replaced: { readonly start: number; readonly end: number },
): MapLimit | undefined {
  const brought = bringPrimitive("mapLimit", file, program, { libraries: [P_MAP], replaced });
  if (brought === undefined) return undefined;
  const isLibrary = brought.from === P_MAP.module;
  return {
    ...brought,
    title: `Run at most ${AT_ONCE} at a time, with '${brought.name}'${brought.aside}`,
    beforeWork: isLibrary ? ", " : `, ${AT_ONCE}, `,
    options: isLibrary ? `, { concurrency: ${AT_ONCE} }` : "",
  };
}

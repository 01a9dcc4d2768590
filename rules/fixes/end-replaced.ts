import { statementOf, textOf } from "../../analysis/syntax.ts";
import type { Begun } from "../../analysis/facts/pairs.ts";
import type { ReplacedHandle } from "../../analysis/facts/replaced-handles.ts";
import type { Fix } from "../../analysis/rule.ts";
import { wrapped } from "../../analysis/syntax.ts";
import { statementBefore } from "./statements.ts";

/** `clearInterval(this.timer);` in front of the statement that gives the handle another value. */
export function endReplaced({ pair, call }: Begun, holder: ReplacedHandle["holder"]): Fix[] {
  const target = holder.kind === "member" ? holder.access : holder.name;
  const statement = statementOf(wrapped(target).parent);
  const name = textOf(target);
  const [fn] = pair.functions;
  const [method] = pair.methods;
  if (statement === undefined || statement.pos > call.pos) return [];
  if (fn === undefined && method === undefined) return [];
  const ending = fn === undefined ? `${name}?.${method}();` : `${fn}(${name});`;
  return [
    {
      title: `End what '${name}' holds first`,
      safety: "suggestion",
      edits: statementBefore(statement, ending),
    },
  ];
}

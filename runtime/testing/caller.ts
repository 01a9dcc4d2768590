/**
 * Where the call to `callee` was written, as the engine tells it: `file:line:column`. Only asked when
 * a report is going to be shown, and for code that has no gates; undefined on engines other than V8.
 */
export function callerOf(callee: (...args: never[]) => unknown): string | undefined {
  const holder: { stack?: string } = {};
  if (!("captureStackTrace" in Error)) return undefined;
  Error.captureStackTrace(holder, callee);
  const frame = holder.stack
    ?.split("\n")
    .find((it) => /:\d+:\d+\)?$/.test(it) && !it.includes("node:"));
  return frame?.match(/\(?((?:file:\/\/)?[^\s()]+:\d+:\d+)\)?$/)?.[1]?.replace(/^file:\/\//, "");
}

// The numbers are those of TypeScript's own enums, which 6 and 7 share.
const NODE_16 = 3;
const NODE_NEXT = 99;
const MODULE_NODE_16 = 100;
const MODULE_NODE_NEXT = 199;

/** Whether a relative import has to end as the file does, as Node itself wants it. */
export function needsEndings({
  module,
  moduleResolution,
}: {
  readonly module?: number | undefined;
  readonly moduleResolution?: number | undefined;
}): boolean {
  if (moduleResolution !== undefined) {
    return moduleResolution === NODE_16 || moduleResolution === NODE_NEXT;
  }
  return module !== undefined && MODULE_NODE_16 <= module && module <= MODULE_NODE_NEXT;
}

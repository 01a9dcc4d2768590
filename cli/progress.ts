import type { Shell } from "./shell.ts";

export interface Progress {
  /** Says how far things are, at most ten times a second. */
  show(text: string): void;
  clear(): void;
}

const SILENT: Progress = { show: () => undefined, clear: () => undefined };
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const PERIOD = 100;

/**
 * One line on standard error that is written over and over, where that is a terminal.
 *
 * Not from a package: nanospinner asks standard *output* what standard error can do, so that
 * `mooring check > report` would fill the terminal with lines. It also hides the cursor, which
 * then stays hidden when the process is killed.
 */
export function progressOn(shell: Shell, enabled: boolean): Progress {
  const { err, environment } = shell;
  const dumb = environment["TERM"] === "dumb" || environment["CI"] !== undefined;
  if (!enabled || err.isTTY !== true || dumb) return SILENT;

  let frame = 0;
  let shown = false;
  // The first tenths of a second need no explanation.
  let next = shell.now() + 3 * PERIOD;
  return {
    show(text) {
      const now = shell.now();
      if (now < next) return;
      next = now + PERIOD;
      frame = (frame + 1) % FRAMES.length;
      shown = true;
      err.write(`\r\u001b[2K${FRAMES[frame]} ${text}`);
    },
    clear() {
      if (shown) err.write("\r\u001b[2K");
      shown = false;
    },
  };
}

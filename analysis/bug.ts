/** Where broken invariants go. Tests make it throw; the server logs; the command line says it once. */
export type BugReporter = (message: string) => void;

let reporter: BugReporter = (message) => {
  throw new Error(message);
};
const reported = new Set<string>();

/** A broken invariant of our own, never something that users wrote. Reported once per message. */
export function bug(message: string): void {
  if (reported.has(message)) return;
  reported.add(message);
  reporter(message);
}

export function onBug(report: BugReporter): void {
  reporter = report;
  reported.clear();
}

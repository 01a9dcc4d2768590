import { closest } from "../analysis/closest.ts";

/** What the user asked for cannot be done. Said in a sentence with a remedy; exit code 2. */
export class UsageError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

export function unknownRule(id: string, known: readonly string[]): UsageError {
  const near = closest(id, known);
  const remedy =
    near === undefined ? "`mooring rules` lists all rules." : `Did you mean \`${near}\`?`;
  return new UsageError(`There is no rule \`${id}\`.`, remedy);
}

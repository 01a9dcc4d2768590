// What a pattern consists of. The table itself, table.generated.ts, is written by `npm run generate`
// from the pages in patterns/, which are edited by hand.

export type Language = "typescript" | "javascript" | "rust" | "python" | "go";

export interface Pattern {
  /** The name of its page. */
  readonly id: string;
  /** What to type, the same in every language. */
  readonly prefix: string;
  readonly title: string;
  /** When to reach for it, and when not: Markdown, without line breaks. */
  readonly when: string;
  readonly whenNot: string;
  /** What of mooring-runtime it stands on. */
  readonly primitives: readonly string[];
  /** The rules that report it done wrong. */
  readonly rules: readonly string[];
  /** What it puts around a selection, behind "Surround with": `a time limit`. */
  readonly surround?: string;
  readonly code: readonly PatternCode[];
}

export interface PatternCode {
  readonly language: Language;
  /** With mooring-runtime, which TypeScript and JavaScript can choose, or with what the platform has. */
  readonly form: "runtime" | "plain";
  /** Native words for it, which lead to it as the prefix does. */
  readonly also: readonly string[];
  /** What has to be imported at the top of the file. Rust and Python have it in the body. */
  readonly imports: readonly PatternImport[];
  /** In the syntax of editors' snippets; indented by tabs. */
  readonly body: string;
}

export interface PatternImport {
  readonly from: string;
  readonly names: readonly PatternName[];
}

export interface PatternName {
  /** `default` for the default export. */
  readonly name: string;
  /** What the body calls it, where that is something else. */
  readonly as?: string;
  readonly typeOnly?: boolean;
}

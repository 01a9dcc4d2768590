// What our own client and server say to each other beyond LSP. Types only: a client in another
// process, or for another editor, takes from here what it needs and imports nothing.
// docs/protocol.md says the same in prose.

/** What a client may say in `initialize`. Everything is optional; nothing of it is trusted. */
export interface InitializationOptions {
  /** The settings, for clients that do not answer `workspace/configuration`. */
  readonly settings?: ClientSettings;
  /**
   * A command of the client that takes a rule's id and shows its page. Hovers then link to it; the
   * client has to let command links through.
   */
  readonly explainCommand?: string;
  /**
   * A URI under which the client itself shows the page of a rule, with `{rule}` where the id goes.
   * The links of diagnostics then lead there instead of to the page's file.
   */
  readonly rulePages?: string;
  /**
   * Whether the client shows a diagnostic's message where it shows hovers, as VS Code does; hovers
   * then do not repeat it.
   */
  readonly showsMessages?: boolean;
  /** Whether the client wants `mooring/status` notifications. */
  readonly statusNotifications?: boolean;
  /** `contributed`: the client has the snippets without dependency itself, and need not be offered them. */
  readonly snippets?: "contributed";
}

/** The section `mooring` of the settings, as far as the server reads it. */
export interface ClientSettings {
  /** Whether anything is checked in this folder. Default: true. */
  readonly enable?: boolean;
  /** When findings are looked for anew. Default: `onType`. */
  readonly run?: Run;
  /** Which files are checked. Default: `workspace`. */
  readonly scope?: Scope;
  /** A configuration that counts instead of those that are found, relative to the folder. */
  readonly configPath?: string;
  /** Levels in the editor only. Where several match a rule, the last one wins. */
  readonly rules?: { readonly customizations?: readonly RuleCustomization[] };
  /** What becomes of findings that another linter reports too. Default: `defer`. */
  readonly overlap?: Overlap;
  /** How many milliseconds a file may take before the status says so. Default: 1000. */
  readonly timeBudget?: number;
}

/** `defer`: what another linter reports on the same line is left to it. `both`: it is reported all the same. */
export type Overlap = "defer" | "both";

/** `manual`: only `mooring/checkWorkspace` looks. */
export type Run = "onType" | "onSave" | "manual";

/**
 * `changedFiles`: those that were changed since the server started, and those that the client names
 * with `mooring/changedFiles`. The server itself runs no program, not even git.
 */
export type Scope = "openFiles" | "changedFiles" | "workspace";

export interface RuleCustomization {
  /** A rule's id, in which `*` stands for anything. */
  readonly rule: string;
  readonly severity: "error" | "warning" | "information" | "hint" | "off";
}

/** Requests to the server: their parameters and what comes back. */
export interface Requests {
  /** The page of a rule as Markdown; null where there is no such rule. Asks no network. */
  "mooring/explain": { params: { readonly rule: string }; result: RulePage | null };
  /** All rules, for a list to choose from. */
  "mooring/rules": { params: null; result: readonly RuleSummary[] };
  /**
   * All patterns for a place in a file, those that are of use there first. In TypeScript and
   * JavaScript in the words of the document, if it is open; where a range is selected, only those
   * that can be put around it, with what is selected in them.
   */
  "mooring/patterns": {
    params: {
      /** By the name that editors have for it: `typescriptreact`, `rust`. */
      readonly language: string;
      readonly uri?: string;
      /** A Range of LSP. */
      readonly range?: object;
    };
    result: readonly PatternChoice[];
  };
  /** How things stand, and what is in force for a file. */
  "mooring/status": { params: { readonly uri?: string }; result: Status };
  /** What somebody who looks into a problem needs to know. No source text is in it. */
  "mooring/information": { params: null; result: { readonly markdown: string } };
  /**
   * Checks all files of all folders, whatever the scope, and keeps them up to date from then on.
   * Findings arrive as diagnostics. Takes a `workDoneToken`.
   */
  "mooring/checkWorkspace": {
    params: { readonly workDoneToken?: string | number };
    result: Tally;
  };
}

/** Notifications to the server. */
export interface ClientNotifications {
  /** The files that differ from the last commit, each time that they are others. */
  "mooring/changedFiles": { readonly uris: readonly string[] };
  /**
   * What other linters report in a file, all of it, each time that it is something else. A finding of
   * a rule that has the same as its equivalent on the same line is left to them; its explanation and
   * its repairs stay.
   */
  "mooring/neighbours": { readonly uri: string; readonly reports: readonly NeighbourReport[] };
}

/** Notifications to the client. */
export interface ServerNotifications {
  "mooring/status": Status;
}

/**
 * Repairs all that can be repaired safely, in all folders. The client shows the edit before it
 * applies it: each change is annotated and needs to be confirmed. With `apply`, which is the default
 * for the sake of other clients, the server asks for the edit itself by `workspace/applyEdit`.
 */
export interface FixAllInWorkspace {
  readonly command: "mooring.server.fixAllInWorkspace";
  readonly arguments?: readonly [{ readonly apply: boolean }];
}

/** What the command above gives; `edit` is a WorkspaceEdit of LSP, null where there is nothing to do. */
export interface FixAllResult {
  readonly edit: object | null;
  readonly fixes: number;
  readonly files: number;
  /** Fixes that were tried and do not hold. */
  readonly refused: number;
}

/** A diagnostic of another tool. */
export interface NeighbourReport {
  /** As it stands in the diagnostic: `@typescript-eslint/no-floating-promises`. */
  readonly code: string;
  /** The tool, as it calls itself. */
  readonly source: string;
  /** The line on which it starts, from 0. */
  readonly line: number;
}

export interface RulePage {
  readonly rule: string;
  readonly summary: string;
  readonly markdown: string;
}

export interface RuleSummary {
  readonly id: string;
  readonly summary: string;
  readonly severity: "error" | "warning" | "hint";
  readonly profile: "recommended" | "strict" | "opt-in";
}

export interface PatternChoice {
  readonly id: string;
  readonly prefix: string;
  readonly title: string;
  /** Markdown. */
  readonly when: string;
  readonly whenNot: string;
  /** With mooring-runtime, or with what the platform has. */
  readonly form: "runtime" | "plain";
  /** Native words for it. */
  readonly also: readonly string[];
  /** By the name that editors have for it. */
  readonly language: string;
  /** False where it needs mooring-runtime, and that is not installed. */
  readonly isInstalled: boolean;
  /** What to put in the place of the range, in the syntax of snippets. */
  readonly snippet: string;
  /** A TextEdit of LSP that goes with it: the import. */
  readonly head: object | null;
  /** The text that it inserts, to be read. */
  readonly preview: string;
}

export interface Tally {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
  readonly hints: number;
  readonly milliseconds: number;
}

export interface Status {
  /** `failed`: something of Mooring failed; `problems` says what, and the rest goes on. */
  readonly state: "idle" | "checking" | "failed";
  readonly version: string;
  /** The compiler that answers type questions, once a project is open. */
  readonly compiler: string | null;
  readonly lastRun: Tally | null;
  /** Each said once, the latest last. Empty where all is well. */
  readonly problems: readonly StatusProblem[];
  /** The file that took longer than the time budget, of those checked last. */
  readonly slow: { readonly uri: string; readonly milliseconds: number } | null;
  /** About the file of the request; null in notifications. */
  readonly file: FileStatus | null;
}

export interface StatusProblem {
  readonly kind: "rule" | "project" | "configuration" | "server";
  readonly message: string;
  readonly uri: string | null;
}

export interface FileStatus {
  readonly uri: string;
  /** Whether its findings are reported, and if not, why. */
  readonly checked: boolean;
  readonly reason: string | null;
  /** The configuration in force; null: the defaults. */
  readonly configuration: string | null;
  /** The tsconfig or jsconfig, or the folder of files that have none. */
  readonly project: string | null;
  readonly profile: string;
  readonly findings: number;
  /** Findings that are left to other linters, which report the same on the same lines. */
  readonly left: readonly { readonly source: string; readonly count: number }[];
}

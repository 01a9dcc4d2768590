import type { DocumentFilter } from "vscode";

/**
 * What is checked: files, texts that are no file yet, and files of virtual workspaces. Not the old
 * side of a comparison and not output, which are in the same languages.
 */
const SCHEMES = ["file", "untitled", "vscode-vfs"];

const LANGUAGES = ["typescript", "typescriptreact", "javascript", "javascriptreact"];

export const CODE: { scheme: string; language: string }[] = SCHEMES.flatMap((scheme) =>
  LANGUAGES.map((language) => ({ scheme, language })),
);

/** Configurations, so that mistakes in them show while they are being written. */
const CONFIGURATIONS = [
  { scheme: "file", pattern: "**/mooring.config.{json,jsonc}" },
  { scheme: "file", pattern: "**/package.json" },
];

export const SELECTOR: ((typeof CODE)[number] | (typeof CONFIGURATIONS)[number])[] = [
  ...CODE,
  ...CONFIGURATIONS,
];

/** What findings say that they come from. */
export const SOURCE = "mooring";

/**
 * The pages of the rules, in a scheme of their own which is shown as a page is read, not as Markdown
 * (`workbench.editorAssociations` in the manifest). The editor follows no command in the link of a
 * finding, so the link has to be a place.
 */
export const RULE_SCHEME = "mooring-rule";

export const RULE_PAGES = `${RULE_SCHEME}:/{rule}.md`;

/** Where the status shows. */
export const SHOWN: DocumentFilter[] = [...CODE, ...CONFIGURATIONS.slice(0, 1)];

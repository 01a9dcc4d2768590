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

/** Where the status shows. */
export const SHOWN: DocumentFilter[] = [...CODE, ...CONFIGURATIONS.slice(0, 1)];

import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  type ParseErrorCode,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import * as v from "valibot";
import { type Config, configSchema, type KnownRule } from "./schema.ts";
import type { ConfigProblem } from "../projects.ts";

// Reads a configuration. Pure: text in, settings and problems out, so that the command line and
// the language server say the same about the same file.

export interface ConfigSource {
  readonly file: string;
  readonly text: string;
  /** The key under which the settings stand, as in package.json. */
  readonly key?: string | undefined;
}

export interface ParsedConfig {
  /** What is left when everything wrong is taken out: an editor goes on with it. */
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
}

export function parseConfig(
  { file, text, key }: ConfigSource,
  rules: readonly KnownRule[],
): ParsedConfig {
  const errors: ParseError[] = [];
  const document = parseTree(text, errors, { allowTrailingComma: true });
  const found: Found[] = errors.map((it) => syntaxProblem(it, text));
  let config: Config = {};

  const root = document && (key === undefined ? document : findNodeAtLocation(document, [key]));
  if (root !== undefined) {
    const result = validated(getNodeValue(root), rules);
    config = result.config;
    found.push(...duplicatesIn(root));
    for (const { path, message, remedy, isKey } of result.wrong) {
      const meant = /^Did you mean `(.+)`\?$/.exec(remedy)?.[1];
      const place = isKey ? rangeOf(root, path) : valueAt(root, path);
      const instead = meant !== undefined && place && { ...place, text: JSON.stringify(meant) };
      found.push({ ...rangeOf(root, path), message, remedy, ...(instead ? { instead } : {}) });
    }
  }
  found.sort((a, b) => a.start - b.start);
  return { config, problems: found.map((it) => Object.assign(it, { file })) };
}

type Found = Omit<ConfigProblem, "file">;

/** Whether a text such as that of package.json has settings under the key. */
export function hasSettings(text: string, key: string): boolean {
  if (!text.includes(`"${key}"`)) return false;
  const document = parseTree(text);
  return document !== undefined && findNodeAtLocation(document, [key]) !== undefined;
}

type Path = readonly (string | number)[];

interface Wrong {
  readonly path: Path;
  readonly message: string;
  readonly remedy: string;
  /** The name of the property is wrong, not its value. */
  readonly isKey: boolean;
}

/**
 * Takes out what is wrong until the rest is right. That gives all unknown keys, of which the
 * validator names one at a time, and the settings that can still be followed.
 */
function validated(value: unknown, rules: readonly KnownRule[]) {
  const schema = configSchema(rules);
  const wrong = new Map<string, Wrong>();
  for (;;) {
    const result = v.safeParse(schema, value);
    if (result.success) return { config: result.output, wrong: [...wrong.values()] };

    let removed = false;
    for (const issue of result.issues) {
      const items = issue.path ?? [];
      const path = items.map(({ key }) => (typeof key === "number" ? key : String(key)));
      const [predicate = "", remedy = "Correct it."] = issue.message.split("\n");
      const message = `${nameOf(path)} ${predicate}.`;
      wrong.set(path.join("\0"), { path, message, remedy, isKey: issue.expected === "never" });
      removed = remove(items) || removed;
    }
    // Nothing to hold on to: the whole is no object.
    if (!removed) return { config: {}, wrong: [...wrong.values()] };
  }
}

/** Deletes the innermost property on the path; an item of a list takes its list along. */
function remove(path: readonly v.IssuePathItem[]): boolean {
  for (const { input, key } of path.toReversed()) {
    if (typeof input !== "object" || input === null || Array.isArray(input)) continue;
    if (typeof key === "string" && Object.hasOwn(input, key)) {
      return Reflect.deleteProperty(input, key);
    }
  }
  return false;
}

function nameOf(path: Path): string {
  if (path.length === 0) return "The configuration";
  const name = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  return `\`${name.replace(/^\./, "")}\``;
}

/** The key where the path ends at a property, since that is what is named; else the nearest value. */
function rangeOf(root: Node, path: Path) {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? root : findNodeAtLocation(root, path.slice(0, length));
    if (node === undefined) continue;
    const name = node.parent?.type === "property" && length > 0 ? node.parent.children?.[0] : node;
    const { offset, length: width } = name ?? node;
    return { start: offset, end: offset + (node.type === "object" && name === node ? 1 : width) };
  }
  return { start: 0, end: 0 };
}

function valueAt(root: Node, path: Path) {
  const node = findNodeAtLocation(root, [...path]);
  return node && { start: node.offset, end: node.offset + node.length };
}

/** Of two properties with one name, parsers keep the last; nobody writes that on purpose. */
function duplicatesIn(node: Node): Found[] {
  const found: Found[] = [];
  const names = new Set<unknown>();
  for (const child of node.children ?? []) {
    const name = child.type === "property" ? child.children?.[0] : undefined;
    if (name !== undefined && names.has(name.value)) {
      found.push({
        start: name.offset,
        end: name.offset + name.length,
        message: `\`${String(name.value)}\` is set twice.`,
        remedy: "Keep one of the two.",
      });
    }
    if (name !== undefined) names.add(name.value);
    found.push(...duplicatesIn(child));
  }
  return found;
}

const SYNTAX: Partial<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  InvalidSymbol: "this is no JSON value",
  PropertyNameExpected: "a name in double quotes is missing here",
  ValueExpected: "a value is missing here",
  ColonExpected: "a colon is missing here",
  CommaExpected: "a comma is missing here",
  CloseBraceExpected: "a closing brace is missing here",
  CloseBracketExpected: "a closing bracket is missing here",
  EndOfFileExpected: "the configuration ends before this",
  UnexpectedEndOfString: "this string does not end",
};

function syntaxProblem({ error, offset, length }: ParseError, text: string): Found {
  const code: ParseErrorCode = error;
  const what = SYNTAX[printParseErrorCode(code)] ?? "this cannot be read";
  const empty = text.trim() === "";
  return {
    start: offset,
    end: offset + length,
    message: empty ? "The configuration is empty." : `This is not valid JSON: ${what}.`,
    remedy: empty ? "Write at least {}." : "Correct it here or just before.",
  };
}

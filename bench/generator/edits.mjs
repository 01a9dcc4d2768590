/** Edits such as a person makes in the generated project, each with what must follow from it. */
import { seeded } from "./random.mjs";

/** A line that opens the body of an async function or method, on which a statement may follow. */
const asyncBody = /^ *(?:export )?async (?:function )?[\w#]+\(.*\{$/;

/** An async method with its closing parenthesis on the same line, to which a parameter can be added. */
const asyncMethod = /^( *async [a-z]\w*\(\w.*)(\): Promise<.*> \{)$/;

/** Services have a method that returns nothing and is called as a statement, here and in other files. */
const plainRecord = /^ {2}record\((.*)\): void \{$/;

/**
 * @typedef {object} PlannedEdit
 * @property {"body" | "signature"} kind
 * @property {string} path
 * @property {string} before
 * @property {string} after
 * @property {"same" | "one more" | "more"} expected what becomes of the file's number of floating promises
 */

/**
 * @param {ReadonlyMap<string, string>} texts
 * @param {{ body: number, signature: number, seed: number }} options
 * @returns {PlannedEdit[]} in random order, each relative to the original text
 */
export function planEdits(texts, options) {
  const random = seeded(options.seed);
  const bodies = sites(texts, asyncBody);
  const methods = sites(texts, asyncMethod);
  const records = sites(texts, plainRecord);
  const planned = [];
  for (let index = 0; index < options.body; index++)
    planned.push(bodyEdit(random, random.pick(bodies), index));
  for (let index = 0; index < options.signature; index++) {
    planned.push(
      index % 2 === 0 ? widened(random.pick(methods), index) : madeAsync(random.pick(records)),
    );
  }
  return random.some(planned, planned.length);
}

function bodyEdit(random, site, index) {
  const [statement, expected] = random.pick([
    [`const mark${index} = ${index};`, "same"],
    [`await Promise.resolve(${index});`, "same"],
    [`Promise.resolve(${index}).then(String);`, "one more"],
  ]);
  const indented = `${" ".repeat(site.line.search(/\S/) + 2)}${statement}`;
  return { kind: "body", ...replaced(site, `${site.line}\n${indented}`), expected };
}

/** Callers stay correct, but everything that asked for this method's type has to ask again. */
function widened(site, index) {
  const line = site.line.replace(asyncMethod, `$1, trace${index}?: string$2`);
  return { kind: "signature", ...replaced(site, line), expected: "same" };
}

/** Each statement that calls it, in whatever file, now drops a promise. */
function madeAsync(site) {
  const line = site.line.replace(plainRecord, "  async record($1): Promise<void> {");
  return { kind: "signature", ...replaced(site, line), expected: "more" };
}

function replaced({ path, text, lines, at }, line) {
  return { path, before: text, after: lines.with(at, line).join("\n") };
}

/** Only lines of the generated company's own folders: an edit of src/shared is the exception in a day's work. */
function sites(texts, pattern) {
  const found = [];
  for (const [path, text] of texts) {
    if (path.startsWith("src/shared/")) continue;
    const lines = text.split("\n");
    lines.forEach((line, at) => {
      if (pattern.test(line)) found.push({ path, text, lines, line, at });
    });
  }
  if (found.length === 0) throw new Error(`No line of the project matches ${pattern}.`);
  return found;
}

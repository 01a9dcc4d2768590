// Reads and writes the syntax of editors' snippets: `$1`, `${1:default}`, `${1|one,two|}`,
// `$TM_SELECTED_TEXT`, `${TM_SELECTED_TEXT:default}`, and `\$`, `\}`, `\\` for the characters
// themselves. Transformations and nested choices, which no pattern needs, are refused.

export type Part = string | Stop | Variable;

/** A place where the cursor stops. All stops of one number have the same text. */
export interface Stop {
  readonly stop: number;
  readonly choices: readonly string[];
  readonly content: readonly Part[];
}

/** Text that the editor knows, such as what is selected. */
export interface Variable {
  readonly variable: string;
  readonly content: readonly Part[];
}

/** Throws a SyntaxError that says where, for a body that is not in this syntax. */
export function parseSnippet(body: string): readonly Part[] {
  const reader = new Reader(body);
  const parts = reader.parts(false);
  return parts;
}

class Reader {
  private readonly body: string;
  private at = 0;

  constructor(body: string) {
    this.body = body;
  }

  parts(isNested: boolean): Part[] {
    const parts: Part[] = [];
    let text = "";
    const flush = () => {
      if (text !== "") parts.push(text);
      text = "";
    };
    while (this.at < this.body.length) {
      const char = this.body.charAt(this.at);
      const next = this.body.charAt(this.at + 1);
      if (char === "\\" && /[\\$}]/.test(next)) {
        text += next;
        this.at += 2;
      } else if (char === "}" && isNested) {
        break;
      } else if (char === "$" && /[\w{]/.test(next)) {
        flush();
        parts.push(this.placeholder());
      } else {
        text += char;
        this.at += 1;
      }
    }
    flush();
    return parts;
  }

  private placeholder(): Part {
    const simple = this.take(/\$(\d+|[A-Z_]+)/y);
    if (simple?.[1] !== undefined) return placeholderOf(simple[1], [], []);
    const choice = this.take(/\$\{(\d+)\|((?:[^\\|]|\\.)+)\|\}/y);
    if (choice !== undefined) {
      const texts = choice[2]?.split(/(?<!\\),/) ?? [];
      const choices = texts.map((it) => it.replace(/\\([\\,|])/g, "$1"));
      return placeholderOf(choice[1] ?? "", choices, choices.slice(0, 1));
    }
    const open = this.take(/\$\{(\d+|[A-Z_]+)(:?)/y);
    if (open === undefined) throw this.error("no placeholder");
    const content = open[2] === ":" ? this.parts(true) : [];
    if (this.take(/\}/y) === undefined) throw this.error("a placeholder that is not closed");
    return placeholderOf(open[1] ?? "", [], content);
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.body) ?? undefined;
    if (match !== undefined) this.at += match[0].length;
    return match;
  }

  private error(what: string): SyntaxError {
    const line = this.body.slice(0, this.at).split("\n").length;
    return new SyntaxError(`There is ${what} in line ${line} of the snippet:\n${this.body}`);
  }
}

function placeholderOf(
  name: string,
  choices: readonly string[],
  content: readonly Part[],
): Stop | Variable {
  return /^\d/.test(name) ? { stop: Number(name), choices, content } : { variable: name, content };
}

export function printSnippet(parts: readonly Part[]): string {
  return parts.map((it) => printPart(it, escapeSnippet)).join("");
}

function printPart(part: Part, escape: (text: string) => string): string {
  if (typeof part === "string") return escape(part);
  const name = "stop" in part ? part.stop : part.variable;
  if ("stop" in part && 0 < part.choices.length) {
    const texts = part.choices.map((it) => it.replace(/[\\,|]/g, String.raw`\$&`));
    return `\${${name}|${texts.join(",")}|}`;
  }
  if (part.content.length > 0) {
    const content = part.content.map((it) => printPart(it, escapeInside)).join("");
    return `\${${name}:${content}}`;
  }
  return `\${${name}}`;
}

/** Text as it has to stand in a snippet to mean itself. */
export function escapeSnippet(text: string): string {
  return text.replace(/[\\$]/g, String.raw`\$&`);
}

/** And in a placeholder, which a brace would end. */
function escapeInside(text: string): string {
  return text.replace(/[\\$}]/g, String.raw`\$&`);
}

/** The text that a snippet inserts when nothing is typed at its stops. */
export function expandSnippet(
  parts: readonly Part[],
  variables: Readonly<Record<string, string>> = {},
): string {
  const defaults = defaultsOf(parts);
  const expand = (all: readonly Part[]): string =>
    all
      .map((part) => {
        if (typeof part === "string") return part;
        if ("variable" in part) return variables[part.variable] ?? expand(part.content);
        return expand(0 < part.content.length ? part.content : (defaults.get(part.stop) ?? []));
      })
      .join("");
  return expand(parts);
}

/** What each stop has to begin with: written out at one of the places with its number. */
export function defaultsOf(parts: readonly Part[]): ReadonlyMap<number, readonly Part[]> {
  const defaults = new Map<number, readonly Part[]>();
  const visit = (all: readonly Part[]) => {
    for (const part of all) {
      if (typeof part === "string") continue;
      if ("stop" in part && 0 < part.content.length && !defaults.has(part.stop)) {
        defaults.set(part.stop, part.content);
      }
      visit(part.content);
    }
  };
  visit(parts);
  return defaults;
}

/** The same snippet with every piece of its own text changed. */
export function mapText(parts: readonly Part[], change: (text: string) => string): Part[] {
  return parts.map((part) => {
    if (typeof part === "string") return change(part);
    return { ...part, content: mapText(part.content, change) };
  });
}

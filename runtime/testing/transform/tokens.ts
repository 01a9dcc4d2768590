import { braceAt, followsAsync, type Frame, isAsyncAt, startFrame, type Token } from "./frames.ts";

/** A word that may be a gate: `await` or `yield`, with what is known about the place it stands in. */
export interface Suspect {
  readonly index: number;
  readonly frame: Frame["kind"];
  readonly async: boolean;
  readonly generator: boolean;
}

export interface Scan {
  readonly tokens: readonly Token[];
  readonly suspects: readonly Suspect[];
}

/** Words after which an expression starts, so that a slash opens a regular expression. */
const BEFORE_EXPRESSION = new Set(
  "return typeof case in of instanceof new delete void throw yield await else do default extends".split(
    " ",
  ),
);
const BEFORE_BODY = new Set(["if", "while", "for", "with", "await"]);

const SPACE = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)+/y;
// The last alternative of a number takes `1..toString` as one literal, which no question here minds.
const NUMBER = /\.?\d(?:[eE][+-]?\d|[\w.])*/y;
const STRING = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'/y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[\w$]*/y;
const WORD = /#?(?:[\w$]|(?!\s)[\u0080-\u{10ffff}]|\\u(?:\{[\da-fA-F]+\}|[\da-fA-F]{4}))+/uy;
const CHUNK = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;
const PUNCTUATOR =
  /=>|\?\.(?!\d)|\.\.\.|\+\+|--|(?:\*\*|&&|\|\||\?\?|<<|>>>?|[-+*/%&|^<>=!])=?=?|[^]/y;

/**
 * Splits plain JavaScript (no TypeScript, no JSX) into tokens and matches its brackets. The two
 * things that cannot be told from one character, whether a slash divides and what a brace opens, are
 * answered from the tokens before it; `tokens.test.ts` compares the outcome with a full parser over
 * every file of the installed packages. Returns undefined for text that is not balanced: a caller
 * then leaves the file as it is, and whoever compiles it next reports the error. O(length).
 */
export function scan(code: string): Scan | undefined {
  const tokens: Token[] = [];
  const suspects: Suspect[] = [];
  const frames: Frame[] = [startFrame()];
  let at = code.startsWith("#!") ? code.search(/[\n\r]|$/) : 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(code)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };

  for (;;) {
    const skipped = take(SPACE);
    const newline = skipped !== undefined && /[\n\r\u2028\u2029]/.test(skipped);
    const start = at;
    const frame = frames.at(-1);
    if (frame === undefined) return undefined;
    const add = (kind: Token["kind"], text: string): Token => {
      const token = { kind, text, start, end: at, newline, match: -1 };
      tokens.push(token);
      return token;
    };
    if (at >= code.length) {
      add("end", "");
      return frames.length === 1 ? { tokens, suspects } : undefined;
    }

    const head = code.charAt(at);
    const previous = tokens.at(-1);
    if (head === "`" || (head === "}" && frame.kind === "template")) {
      at++;
      const chunk = take(CHUNK);
      if (chunk === undefined) return undefined;
      const open = chunk.endsWith("{");
      const token = add("template", code.slice(start, at));
      const opener = tokens[frame.open];
      if (head === "`" && open)
        frames.push({
          ...startFrame(),
          ...inside(frame),
          kind: "template",
          open: tokens.length - 1,
        });
      if (head === "`") token.match = open ? -1 : tokens.length - 1;
      else if (!open && opener !== undefined) {
        opener.match = tokens.length - 1;
        frames.pop();
      }
    } else if (/[\w$#\\\u0080-\uffff]/.test(head) && !/\d/.test(head)) {
      const word = take(WORD);
      if (word === undefined) return undefined;
      add(word.startsWith("#") ? "private" : "word", word);
      if (previous?.text !== "." && previous?.text !== "?.") {
        if (word === "class") frame.classAt = tokens.length - 1;
        if (word === "await" || word === "yield") {
          suspects.push({
            index: tokens.length - 1,
            frame: frame.kind,
            async: isAsyncAt(frames),
            generator: frame.generator,
          });
        }
      }
    } else if (/\d/.test(head) || (head === "." && /\d/.test(code.charAt(at + 1)))) {
      take(NUMBER);
      add("literal", code.slice(start, at));
    } else if (head === '"' || head === "'") {
      if (take(STRING) === undefined) return undefined;
      add("literal", code.slice(start, at));
    } else if (head === "/" && startsRegex(tokens, frame) && take(REGEX) !== undefined) {
      add("literal", code.slice(start, at));
    } else {
      const text = "(){}[]".includes(head) ? head : (take(PUNCTUATOR) ?? head);
      at = start + text.length;
      if (!bracket(tokens, frames, frame, add, text)) return undefined;
    }
  }
}

/** Adds a punctuator, and opens or closes the frame it stands for; false when it closes another. */
function bracket(
  tokens: Token[],
  frames: Frame[],
  frame: Frame,
  add: (kind: Token["kind"], text: string) => Token,
  text: string,
): boolean {
  const index = tokens.length;
  switch (text) {
    case "(":
    case "[":
      add("punctuator", text);
      frames.push({ ...startFrame(), ...inside(frame), kind: text, open: index });
      return true;
    case "{": {
      const opened = braceAt(tokens, frame);
      frame.classAt = -1;
      add("punctuator", text);
      frames.push({ ...opened, open: index });
      return true;
    }
    case ")":
    case "]":
    case "}": {
      const opener = tokens[frame.open];
      if (opener === undefined || "([{".indexOf(opener.text) !== ")]}".indexOf(text)) return false;
      opener.match = index;
      const token = add("punctuator", text);
      // A closing bracket points back at its opener, so that one can walk in both directions.
      token.match = frame.open;
      frames.pop();
      const outer = frames.at(-1);
      if (outer !== undefined) outer.closed = frame.kind;
      return true;
    }
    default:
      if (text === "?") frame.ternaries++;
      else if (text === ":" && 0 < frame.ternaries) {
        frame.ternaries--;
        frame.ternaryColon = index;
      } else if (text === "," || text === ";") frame.asyncArrow = false;
      else if (text === "=>") frame.asyncArrow ||= followsAsync(tokens, index - 1);
      add("punctuator", text);
      return true;
  }
}

function inside(frame: Frame): Pick<Frame, "async" | "generator"> {
  return { async: frame.async, generator: frame.generator };
}

function startsRegex(tokens: readonly Token[], frame: Frame): boolean {
  const last = tokens.at(-1);
  if (last === undefined) return true;
  const before = tokens[tokens.length - 2]?.text;
  const isProperty = before === "." || before === "?.";
  if (last.kind === "word") return BEFORE_EXPRESSION.has(last.text) && !isProperty;
  if (last.kind === "template") return last.text.endsWith("{");
  if (last.kind !== "punctuator") return false;
  switch (last.text) {
    case "]":
    case "++":
    case "--":
      return false;
    case ")":
      // A method may be called `if`; what follows its parentheses is a brace, never a slash.
      return (
        BEFORE_BODY.has(tokens[last.match - 1]?.text ?? "") && tokens[last.match - 2]?.text !== "."
      );
    case "}":
      return frame.closed !== "object";
    default:
      return true;
  }
}

import type { Token } from "./frames.ts";
import { type Scan, scan, type Suspect } from "./tokens.ts";

/** One place of a file that becomes a gate. Offsets are those of the text that was read. */
export interface Point {
  readonly kind: "await" | "iterate" | "dispose";
  /** Where the keyword stands: the position that reports show. */
  readonly at: number;
  /** What is wrapped. For `await using`, both are the place where one more resource is declared. */
  readonly start: number;
  readonly end: number;
  /** The operand is `a, b`, whose parentheses lie outside of `start` and `end`. */
  readonly sequence: boolean;
}

/**
 * The gates of plain JavaScript: operands of `await`, of `yield` in async generators, of `yield*`
 * there, of `for await`, and declarations with `await using`. Undefined when the text cannot be read.
 *
 * Why no parser: of the three hosts only Vite offers one. A tokenizer and the two productions that
 * say where an operand ends are 2 kB, the smallest parser is 30.
 */
export function pointsOf(code: string): readonly Point[] | undefined {
  const found = scan(code);
  if (found === undefined) return undefined;
  const points: Point[] = [];
  for (const suspect of found.suspects) {
    const point = pointAt(found, suspect);
    if (point !== undefined) points.push(point);
  }
  return points;
}

function pointAt({ tokens }: Scan, suspect: Suspect): Point | undefined {
  const { index } = suspect;
  const keyword = tokens[index];
  const next = tokens[index + 1];
  if (keyword === undefined || next === undefined) return undefined;
  const point = (kind: Point["kind"], first: number, after: number): Point | undefined => {
    const start = tokens[first]?.start;
    const end = tokens[after - 1]?.end;
    if (start === undefined || end === undefined || after <= first) return undefined;
    return { kind, at: keyword.start, start, end, sequence: false };
  };

  if (isName(tokens, suspect)) return undefined;
  if (keyword.text === "yield") {
    if (!suspect.async || !suspect.generator || next.newline) return undefined;
    if (next.text === "*") return point("iterate", index + 2, skipAssignment(tokens, index + 2));
    if (!startsOperand(next)) return undefined;
    return point("await", index + 1, skipAssignment(tokens, index + 1));
  }
  if (!suspect.async || !startsOperand(next)) return undefined;
  if (tokens[index - 1]?.text === "for" && next.text === "(") {
    const first = afterOf(tokens, index + 2, next.match);
    return first === undefined ? undefined : point("iterate", first, next.match);
  }
  if (isUsing(tokens, index)) {
    const start = tokens[index + 2]?.start;
    // The head of a loop takes one declaration only, so there is no room for a second resource.
    if (start === undefined || tokens[index - 1]?.text === "(") return undefined;
    return { kind: "dispose", at: keyword.start, start, end: start, sequence: false };
  }
  return point("await", index + 1, skipUnary(tokens, index + 1));
}

/** `{ await: 1 }`, `{ await() {} }` and `import { await as a }` only use the word as a name. */
function isName(tokens: readonly Token[], { index, frame }: Suspect): boolean {
  const next = tokens[index + 1];
  if (frame !== "object" && frame !== "class") return false;
  if (next?.text === "as" || tokens[index - 1]?.text === "as") return true;
  const before = tokens[index - 1]?.text ?? "";
  const startsMember = ["{", "}", ",", ";", "*", "async", "static", "get", "set"].includes(before);
  if (!startsMember) return false;
  return next?.text === "("
    ? tokens[next.match + 1]?.text === "{"
    : next?.text !== undefined && frame === "class";
}

/** Index of what follows the `of` of a loop's head: the first one that is not itself a name there. */
function afterOf(tokens: readonly Token[], from: number, to: number): number | undefined {
  for (let at = from + 1; at < to; at++) {
    const token = tokens[at];
    if (token === undefined) return undefined;
    const before = tokens[at - 1]?.text ?? "";
    const isDeclared = ["const", "let", "var", "using", "."].includes(before);
    if (token.text === "of" && token.kind === "word" && !isDeclared) return at + 1;
    if (at < token.match) at = token.match;
  }
  return undefined;
}

function isUsing(tokens: readonly Token[], index: number): boolean {
  const using = tokens[index + 1];
  const name = tokens[index + 2];
  return (
    using?.text === "using" &&
    !using.newline &&
    name?.kind === "word" &&
    !name.newline &&
    !["in", "of", "instanceof", "as"].includes(name.text)
  );
}

function startsOperand(token: Token): boolean {
  if (token.kind === "word") return !["in", "of", "instanceof"].includes(token.text);
  if (token.kind !== "punctuator") return token.kind !== "end";
  return ["(", "[", "{", "+", "-", "!", "~", "++", "--", "@"].includes(token.text);
}

const PREFIX = new Set("+ - ! ~ ++ -- typeof void delete await new".split(" "));

/**
 * The index after a UnaryExpression, or after a LeftHandSideExpression with its calls and members.
 * Returns `from` when there is none, and then no gate is set: better a lost point than broken code.
 */
function skipUnary(tokens: readonly Token[], from: number): number {
  let at = from;
  while (PREFIX.has(tokens[at]?.text ?? "")) at++;
  const first = tokens[at];
  if (first === undefined || first.kind === "end") return from;
  const isAsyncFunction = first.text === "async" && tokens[at + 1]?.text === "function";
  if (first.text === "function" || (isAsyncFunction && tokens[at + 1]?.newline === false)) {
    while (at < tokens.length && tokens[at]?.text !== "(") at++;
    at = (tokens[at]?.match ?? at) + 1;
    at = (tokens[at]?.match ?? at) + 1;
  } else if (first.text === "class" || first.text === "@") {
    while (at < tokens.length && tokens[at]?.text !== "{")
      at = Math.max(at, tokens[at]?.match ?? at) + 1;
    at = (tokens[at]?.match ?? at) + 1;
  } else if (first.kind === "punctuator" && first.match <= at) {
    // `new.target` is the one operand whose first token was taken for a prefix.
    if (first.text !== "." || tokens[at - 1]?.text !== "new") return from;
  } else at = Math.max(at, first.match) + 1;

  for (;;) {
    const token = tokens[at];
    if (token === undefined) return from;
    if (token.text === "." || token.text === "?.") {
      at++;
      const isMember = tokens[at]?.kind === "word" || tokens[at]?.kind === "private";
      if (isMember) at++;
    } else if (token.kind === "template" || token.text === "(" || token.text === "[") {
      // A piece that goes on with `}` closes the template around us.
      if (token.match < at) return at;
      at = token.match + 1;
    } else if ((token.text === "++" || token.text === "--") && !token.newline) return at + 1;
    else return at;
  }
}

const INFIX = /^(?:=|in|instanceof|(?:\*\*|&&|\|\||\?\?|<<|>>>?|[-+*/%&|^<>=!])=?=?)$/;

/** The index after an AssignmentExpression: what `yield` takes. */
function skipAssignment(tokens: readonly Token[], from: number): number {
  let at = from;
  for (;;) {
    const first = tokens[at];
    if (first === undefined) return from;
    const next = tokens[at + 1];
    if (first.text === "yield") {
      const star = next?.text === "*" ? 1 : 0;
      if (star === 0 && (next === undefined || next.newline || !startsOperand(next))) return at + 1;
      at += 1 + star;
      continue;
    }
    const isAsyncArrow = first.text === "async" && tokens[at + 2]?.text === "=>";
    const after = isAsyncArrow ? at + 2 : skipUnary(tokens, at);
    if (after === at) return at === from ? from : at;
    const token = tokens[after];
    if (token === undefined) return after;
    if (token.text === "=>") {
      const body = tokens[after + 1];
      if (body?.text === "{") return body.match + 1;
    } else if (token.text === "?") {
      const colon = skipAssignment(tokens, after + 1);
      if (tokens[colon]?.text !== ":") return from;
      at = colon + 1;
      continue;
    } else if (!INFIX.test(token.text) || token.kind === "literal") return after;
    at = after + 1;
  }
}

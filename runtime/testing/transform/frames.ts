/**
 * A token of plain JavaScript. Comments and white space have none: `newline` says that a line break
 * was among what was skipped, which is all that the grammar asks about them.
 */
export interface Token {
  readonly kind: "word" | "literal" | "template" | "private" | "punctuator" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly newline: boolean;
  /** Index of the other bracket, or of the last piece of a template; -1 for all others. */
  match: number;
}

/** An open bracket, and what its inside may contain. */
export interface Frame {
  readonly kind: "(" | "[" | "template" | "block" | "object" | "class" | "function";
  /** Index of the opening token; -1 for the whole file. */
  readonly open: number;
  /** What the innermost function around it is; the whole file counts as async, for its `await`. */
  readonly async: boolean;
  readonly generator: boolean;
  /** An async arrow function without braces began here and has not ended yet. */
  asyncArrow: boolean;
  /** Where `class` stood last in this frame, until its body opens. */
  classAt: number;
  /** Open `?` of conditional expressions, and the last `:` that answered one. */
  ternaries: number;
  ternaryColon: number;
  /** What the last frame closed inside this one was. */
  closed: Frame["kind"] | undefined;
}

export function startFrame(): Frame {
  return {
    kind: "block",
    open: -1,
    async: true,
    generator: false,
    asyncArrow: false,
    classAt: -1,
    ternaries: 0,
    ternaryColon: -1,
    closed: undefined,
  };
}

/** May `await` be an operator in the innermost of these frames? */
export function isAsyncAt(frames: readonly Frame[]): boolean {
  for (let index = frames.length - 1; 0 <= index; index--) {
    const frame = frames[index];
    if (frame === undefined) return false;
    if (frame.asyncArrow) return true;
    if (frame.kind === "function" || frame.kind === "class") return frame.async;
  }
  return true;
}

/** Is the arrow after the token `last` that of an async function? */
export function followsAsync(tokens: readonly Token[], last: number): boolean {
  const first = tokens[last]?.text === ")" ? (tokens[last]?.match ?? last) : last;
  return tokens[first - 1]?.text === "async";
}

const BEFORE_OBJECT = new Set(
  "return typeof case in of instanceof new delete void throw yield await default extends import export".split(
    " ",
  ),
);
/** What the brace opens that comes after these tokens, in this frame. */
export function braceAt(tokens: readonly Token[], frame: Frame): Frame {
  const last = tokens.at(-1);
  const inherit = { async: frame.async, generator: frame.generator };
  const block: Frame = { ...startFrame(), ...inherit, kind: "block" };
  const object: Frame = { ...startFrame(), ...inherit, kind: "object" };
  if (last === undefined) return block;
  if (0 <= frame.classAt && !isKey(tokens[frame.classAt + 1])) {
    return { ...startFrame(), ...inherit, kind: "class" };
  }
  if (last.text === "=>") {
    return functionFrame(followsAsync(tokens, tokens.length - 2), false);
  }
  if (last.text === ")") return afterParameters(tokens, frame, last.match) ?? block;
  if (last.kind === "template") return last.text.endsWith("{") ? object : block;
  if (last.kind === "word") {
    if (last.text === "static" && frame.kind === "class") return functionFrame(false, false);
    return BEFORE_OBJECT.has(last.text) ? object : block;
  }
  if (last.text === ":") {
    const answersTernary = frame.ternaryColon === tokens.length - 1;
    return frame.kind === "object" || answersTernary ? object : block;
  }
  return [";", "{", "}", "]"].includes(last.text) || last.kind !== "punctuator" ? block : object;
}

/** `{ class: … }` and `class = …` are names; they open no class. */
function isKey(next: Token | undefined): boolean {
  return next !== undefined && [":", "(", ",", "=", "}", ";"].includes(next.text);
}

/** The body after a parameter list; undefined when the parentheses belong to a statement or a call. */
function afterParameters(tokens: readonly Token[], frame: Frame, open: number): Frame | undefined {
  const text = (index: number): string | undefined => tokens[index]?.text;
  let at = open - 1;
  // `function`, `function name`, `function *`, `function * name`, each perhaps after `async`.
  let word = tokens[at]?.kind === "word" && text(at) !== "function" ? at - 1 : at;
  const starred = text(word) === "*";
  if (starred) word--;
  if (text(word) === "function" && text(word - 1) !== ".") {
    return functionFrame(text(word - 1) === "async", starred);
  }
  if (frame.kind !== "class" && frame.kind !== "object") return undefined;
  // A method: its name is one token, or a computed key in brackets.
  if (text(at) === "]") at = tokens[at]?.match ?? at;
  at--;
  const generator = text(at) === "*";
  if (generator) at--;
  return functionFrame(text(at) === "async", generator);
}

function functionFrame(async: boolean, generator: boolean): Frame {
  return { ...startFrame(), kind: "function", async, generator };
}

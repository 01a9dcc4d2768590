import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ts } from "ts-morph";
import { expect, test } from "vitest";
import * as runtime from "../../runtime/index.ts";
import { RUNTIME, runtimeFiles } from "../../scripts/runtime-entries.mjs";

// What the documentation of everything that can be called has to say. That the examples run is tested elsewhere.

const pattern = /\/\*\*((?:(?!\*\/)[^])*?)\*\/\nexport (?:async )?(?:function\*?|class) (\w+)/g;

const texts = new Map(
  runtimeFiles()
    .filter((it) => !it.startsWith("testing/"))
    .map((file) => [file, readFileSync(join(RUNTIME, file), "utf8")] as const),
);

const documented = new Map(
  [...texts].flatMap(([file, text]) =>
    [...text.matchAll(pattern)].map(
      ([, comment = "", name = ""]) => [name, { comment: flat(comment), file }] as const,
    ),
  ),
);

function flat(comment: string): string {
  return comment.replaceAll(/\s*\n \*\s*/g, " ");
}

const callable = Object.entries({ ...runtime, ...runtime.stream })
  .filter(([, value]) => typeof value === "function")
  .map(([name]) => name)
  .toSorted();

/** Classes of errors, and a question about an error: nothing waits there, and nothing is counted. */
const words = callable.filter((it) => !/Error$|^isBug$/.test(it) || it === "onLateError");

/** A test of one's own state, and what ends nothing: there is no wait that could be cancelled. */
const waitless =
  /^(AtomicInt|defer|deferAsync|partition|unwrap|onLateError|isCancelled|trace|after)$/;

test.each(callable)("%s has an example", (name) => {
  expect(documented.get(name)?.comment).toMatch(/ @example /);
});

test.each(words)("%s says what it is the counterpart of, and what it costs", (name) => {
  expect(documented.get(name)?.comment).toMatch(/Counterpart of /);
  expect(documented.get(name)?.comment).toMatch(/O\([\w ]+\)/);
});

test.each(words.filter((it) => !waitless.test(it)))(
  "%s says what a cancellation, an abort or the end of others does to it",
  (name) => {
    expect(documented.get(name)?.comment).toMatch(
      /[Cc]ancel|[Aa]bort|signal|as with|like|close|caller/,
    );
  },
);

/** Where several wait, and one of them is next. */
const queues =
  /^(Mutex|RwLock|Semaphore|KeyedMutex|Barrier|Condvar|Notify|channel|broadcast|limiter|RateLimiter|ResourcePool|WorkerPool|merge|Shared(Mutex|RwLock|Semaphore|Condvar))$/;

/** What is had for a while: what if who has it fails? */
const holders =
  /^(Mutex|Semaphore|RwLock|KeyedMutex|ResourcePool|limiter|scope|Shared(Mutex|RwLock|Semaphore))$/;

/** Where the wait is one for a turn: there is a before and an after of the grant. */
const granted =
  /^(Mutex|RwLock|Semaphore|KeyedMutex|Notify|Barrier|RateLimiter|ResourcePool|WorkerPool)$/;

test.each(words.filter((it) => queues.test(it)))("%s says who is next", (name) => {
  expect(said(name)).toMatch(/\bfair|first come|first served|in the order|longest|as with/i);
});

test.each(words.filter((it) => holders.test(it)))("%s says what if a holder throws", (name) => {
  expect(said(name)).toMatch(/throws|reject|error/i);
});

test.each(words.filter((it) => granted.test(it)))(
  "%s says what a cancellation does before the grant and after it",
  (name) => {
    expect(said(name)).toMatch(/before|as with/i);
    expect(said(name)).toMatch(/after|later|as with/i);
  },
);

test("every method that an editor can show says what it does", () => {
  const published = new Set(
    [...texts]
      .filter(([file]) => /(^|\/)index\.ts$/.test(file))
      .flatMap(([, text]) => [...text.matchAll(/(?:export \{|type |[\s,{])(\w+)(?=[\s,}])/g)])
      .map(([, name = ""]) => name),
  );
  const silent = [...texts].flatMap(([file, text]) => {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    return source.statements.flatMap((it) => {
      const isOpen = ts.isClassDeclaration(it) || ts.isInterfaceDeclaration(it);
      if (!isOpen || it.name === undefined || !published.has(it.name.text)) return [];
      const { text: owner } = it.name;
      return [...it.members]
        .filter((member) => ts.isMethodDeclaration(member) || ts.isMethodSignature(member))
        .filter((member) => ts.isIdentifier(member.name) && !isPrivate(member))
        .filter((member) => ts.getJSDocCommentsAndTags(member).length === 0)
        .map((member) => `${owner}.${member.name.getText(source)}`);
    });
  });
  expect(silent).toEqual([]);
});

function isPrivate(member: ts.Declaration): boolean {
  const flags = ts.getCombinedModifierFlags(member);
  return (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;
}

test("every time is said to be in milliseconds, where it is taken", () => {
  const timed = [...texts].filter(([, text]) =>
    /^(?:export (?:async )?function\*? \w+(?:<[^(]*>)?\(\s*ms: number| {2}readonly \w*(?:Ms|[tT]imeout|Wait|base|max|per)\?: number)/m.test(
      text,
    ),
  );
  expect(timed.length).toBeGreaterThan(8);
  const silent = timed.filter(([, text]) => !/millisecond/i.test(text)).map(([file]) => file);
  expect(silent).toEqual([]);
});

/** The documentation, and that of the types in the same file, to which it may refer. */
function said(name: string): string {
  const own = documented.get(name);
  const comments = texts.get(own?.file ?? "")?.match(/\/\*\*[^]*?\*\//g) ?? [];
  return comments.map((it) => flat(it)).join(" ");
}

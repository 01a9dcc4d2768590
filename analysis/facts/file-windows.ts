import type { Program } from "../program.ts";
import {
  type CallExpression,
  calleeNameOf,
  is,
  isFunctionLike,
  isInside,
  methodCall,
  type Node,
  nameOf,
  textOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { dominates } from "./dataflow.ts";
import { flowOwner } from "./flow.ts";
import { variableOf } from "./locations.ts";
import { keyOf } from "./lock-identity.ts";
import { excludes, heldThroughout } from "./locks.ts";
import { originsOf } from "./origins.ts";
import { suspensionsBetween } from "./segments.ts";
import { conditionsBehind, isWhereItFails } from "./file-conditions.ts";

// Is a file written on the strength of what was found before a pause?
//
// Three shapes. *Look, then write*: whether the file is there was asked, a condition on the answer
// leads to the write, and the file may have come or gone in between. *Read, then write*: what is
// written is made from what was read from the same file, and what another task has written to it
// in between is lost. *Write, then remove*: a file that a function needs for a while has a name that
// another run gives it too, so that the one removes what the other still uses. A name with a time, a
// number, a process or chance in it is nobody else's, and a path that the function was given is its
// caller's business. The same file is the same path: a constant, a parameter, a literal, or the same
// text. Looking before reading is left alone, and so is what asks the system to decide: the flag
// `wx`, `mkdir` with `recursive`, a lock around both, a write to another name that is then renamed.
//
// *May*. Whether anybody else uses the file is not asked, since the file system is shared by nature.

export interface FileWindow {
  /** `scratch`: written first, and removed at the end. */
  readonly kind: "look" | "read" | "scratch";
  readonly first: CallExpression;
  /** What does the harm: the write, or the removal. */
  readonly write: CallExpression;
  readonly path: Node;
}

const LOOKS: ReadonlySet<string> = new Set([
  "exists",
  "existsSync",
  "access",
  "accessSync",
  "stat",
  "statSync",
  "pathExists",
  "pathExistsSync",
]);
const READS: ReadonlySet<string> = new Set([
  "readFile",
  "readFileSync",
  "readJson",
  "readJSON",
  "readJsonSync",
]);
const WRITES: ReadonlySet<string> = new Set([
  "writeFile",
  "writeFileSync",
  "writeJson",
  "writeJSON",
  "writeJsonSync",
  "outputFile",
  "outputJson",
]);
const REMOVES: ReadonlySet<string> = new Set([
  "unlink",
  "unlinkSync",
  "rm",
  "rmSync",
  "remove",
  "removeSync",
]);
const MODULES: ReadonlySet<string> = new Set([
  "node:fs",
  "node:fs/promises",
  "fs-extra",
  "graceful-fs",
]);

/** Cheap: whether the name that is called is one of those that write a file. */
function isWriteByName(call: CallExpression): boolean {
  return WRITES.has(calledName(call));
}

function calledName(call: CallExpression): string {
  const callee = unwrapped(call.expression);
  return nameOf(is.PropertyAccessExpression(callee) ? callee.name : callee) ?? "";
}

function isOfFileSystem(call: CallExpression, program: Program): boolean {
  return MODULES.has(calleeOf(call, program).symbol?.module ?? "");
}

/** What a write to a file rests on, where other code can come in between. */
export function fileWindow(write: CallExpression, program: Program): FileWindow | undefined {
  const [path, content] = write.arguments;
  if (!isWriteByName(write) || path === undefined || isExclusive(write)) return undefined;
  if (!isOfFileSystem(write, program)) return undefined;
  const owner = flowOwner(write);
  if (owner === undefined) return undefined;
  const key = keyOf(path, program);
  const earlier: CallExpression[] = [];
  walk(owner, (it) => {
    if (!is.CallExpression(it) || write.pos <= it.pos || flowOwner(it) !== owner) return undefined;
    const [other] = it.arguments;
    const name = calledName(it);
    if (other === undefined || (!LOOKS.has(name) && !READS.has(name))) return undefined;
    if (keyOf(other, program) === key && isOfFileSystem(it, program)) earlier.push(it);
    return undefined;
  });
  for (const first of earlier.toReversed()) {
    const isRead = READS.has(calledName(first));
    const rests = isRead
      ? content !== undefined && isMadeFrom(content, first, program)
      : conditionsBehind(first, write).length > 0;
    const follows = rests && dominates(first, write, program);
    if (!follows && (isRead || !isWhereItFails(first, write))) continue;
    if (heldThroughout(first, write, program).some(excludes)) continue;
    if (isRead && !isInterrupted(first, write, program)) continue;
    return { kind: isRead ? "read" : "look", first, write, path };
  }
  return undefined;
}

/** The system itself refuses where the file is there. */
function isExclusive(write: CallExpression): boolean {
  let found = false;
  for (const option of write.arguments.slice(2)) {
    const look = (it: Node): undefined => {
      found ||= is.StringLiteral(it) && /x/.test(it.text) && it.text.length < 4;
      return undefined;
    };
    look(unwrapped(option));
    walk(option, look);
  }
  return found;
}

/** Synchronous from the read to the write, only another process can come in between. */
function isInterrupted(first: Node, write: Node, program: Program): boolean {
  return (
    !nameOfCall(first).endsWith("Sync") || suspensionsBetween(first, write, program).length > 0
  );
}

function nameOfCall(call: Node): string {
  return is.CallExpression(call) ? calledName(call) : "";
}

/** Whether the content comes from what was read, through calls such as `JSON.stringify`. */
function isMadeFrom(content: Node, read: CallExpression, program: Program): boolean {
  const seen = new Set<Node>();
  const queue: Node[] = [content];
  for (let part = queue.pop(); part !== undefined && seen.size < MOST; part = queue.pop()) {
    for (const { node } of originsOf(part, program)) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (node === read || isInside(read, node)) return true;
      if (is.AwaitExpression(node)) queue.push(node.expression);
      if (is.CallExpression(node)) {
        queue.push(...node.arguments);
        const receiver = methodCall(node)?.receiver;
        if (receiver !== undefined) queue.push(receiver);
      }
      if (is.PropertyAccessExpression(node)) queue.push(node.expression);
    }
  }
  return false;
}

/** Values that are made from more than this are not followed to their end. */
const MOST = 200;

/** The removal of a file that the call writes, while another run of the function may be using it. */
export function scratchFile(write: CallExpression, program: Program): FileWindow | undefined {
  const [path] = write.arguments;
  if (!isWriteByName(write) || path === undefined || isExclusive(write)) return undefined;
  const owner = flowOwner(write);
  if (!isFunctionLike(owner) || !isOfFileSystem(write, program)) return undefined;
  if (!isMadeOfParameters(path, program)) return undefined;
  const key = keyOf(path, program);
  let removal: CallExpression | undefined;
  walk(owner, (it) => {
    if (removal !== undefined || !is.CallExpression(it) || it.pos <= write.pos) return undefined;
    const [other] = it.arguments;
    if (other === undefined || !REMOVES.has(calledName(it)) || flowOwner(it) !== owner)
      return undefined;
    if (keyOf(other, program) === key && isOfFileSystem(it, program)) removal = it;
    return undefined;
  });
  if (removal === undefined || suspensionsBetween(write, removal, program).length === 0)
    return undefined;
  if (heldThroughout(write, removal, program).some(excludes)) return undefined;
  return { kind: "scratch", first: write, write: removal, path };
}

/** A name that is made from what the function was given, without anything of this run alone. */
function isMadeOfParameters(path: Node, program: Program): boolean {
  const origins = originsOf(path, program).map(({ node }) => node);
  const [whole] = origins;
  // Whoever gives the path has chosen the name.
  if (whole === undefined || origins.every(is.Identifier)) return false;
  const isPlain = origins.every((it) => {
    if (!is.CallExpression(it) && !is.NewExpression(it)) return true;
    const name = nameOf(calleeNameOf(it)) ?? "";
    return KEEPS.has(name) || /^path\b/.test(textOf(it.expression));
  });
  return isPlain && origins.some((it) => is.Parameter(declarationOf(it, program)));
}

function declarationOf(node: Node, program: Program) {
  return is.Identifier(node) ? variableOf(node, program) : undefined;
}

/** What only says the path in another way. */
const KEEPS: ReadonlySet<string> = new Set(["join", "resolve", "normalize", "dirname", "basename"]);

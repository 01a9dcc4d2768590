import type { Program } from "../program.ts";
import {
  type CallExpression,
  calleeNameOf,
  is,
  isAssignment,
  methodCall,
  type Node,
  nameOf,
  textOf,
  unwrapped,
} from "../syntax.ts";
import type { Access } from "./access-kinds.ts";
import { type CallAccess, isCallAccess, isMadeAlways } from "./call-accesses.ts";
import { writesByCall } from "./call-writes.ts";
import { pathFrom } from "./flow.ts";
import { cellCall, locationOf } from "./locations.ts";
import { originsOf } from "./origins.ts";
import { ownersOf } from "./pauses.ts";
import { isSharedAt } from "./races.ts";
import { isSharedRun } from "./shared-runs.ts";
import { isEmpty } from "./tests.ts";

// What is it that is put into a place that was empty?
//
// A memo can be filled by two tasks at once, and it depends on the value how bad that is. One that
// was awaited from a shared place comes from work that is done once, whoever asks: nothing is wrong.
// One that is the same whoever makes it (a module that is imported, a literal) is made twice in
// vain. One that holds a resource is leaked when the other replaces it. Read off the expression and
// what its variables were given; names of calls say what opens something. Preferred mistake: too
// mild a view.

/**
 * Whether the value is awaited from a promise that all tasks share; of a flag, whether all the work
 * behind it is.
 */
export function isAwaitedTogether(
  write: Access,
  pauses: readonly Node[],
  program: Program,
): boolean {
  if (write.value === undefined) return false;
  const isShared = (node: Node) => isOnePromise(node, write, program);
  if (is.TrueKeyword(unwrapped(write.value))) return pauses.length > 0 && pauses.every(isShared);
  return originsOf(write.value, program).some(({ node }) => isShared(node));
}

function isOnePromise(node: Node, write: Access, program: Program): boolean {
  if (!is.AwaitExpression(node)) return false;
  return originsOf(node.expression, program).some((it) => {
    if (isSharedRun(it.node, program)) return true;
    // What a method of a shared object gives is the call's own, unless the object is a collection.
    const call = it.whole ? methodCall(it.node) : undefined;
    if (call?.method === "get" && !isCollection(call.call, call.receiver, program)) return false;
    const place = call?.method === "get" ? call.receiver : it.node;
    return it.whole && isSharedPlace(place, write, program);
  });
}

/** Whether what is asked keeps what it gives, and is no service with a method `get`. */
function isCollection(call: CallExpression, receiver: Node, program: Program): boolean {
  const symbol = program.types.symbol(calleeNameOf(call));
  return symbol === undefined || symbol.module === "lib" || KEEPS.test(textOf(unwrapped(receiver)));
}

const KEEPS = /(?:cache|pending|flight|promise|loading|request|memo|map|once|running|active)/i;

function isSharedPlace(node: Node, write: Access, program: Program): boolean {
  const reference = isAssignment(node) ? unwrapped(node.left) : node;
  const location = locationOf(reference, program);
  if (location === undefined || location.key === write.location.key) return false;
  const { root, path } = location;
  const isOwn = root.kind === "variable" && ownersOf(write.at, program).includes(root.scope);
  return !(isOwn && path.length === 0) && isSharedAt(location, write.at, program);
}

/** Whether two tasks would come to the same value, so that only work is done in vain. */
export function isSameForAll(value: Node, program: Program): boolean {
  const origins = originsOf(value, program);
  return origins.some(
    ({ node, opaque }) => !opaque && is.CallExpression(node) && is.ImportKeyword(node.expression),
  );
}

/**
 * Whether all that is waited for makes no difference when it is done again: a module that is imported,
 * a file that is read, `mkdir` with `recursive`.
 */
export function isDoneAgainInVain({ value }: Access, pauses: readonly Node[]): boolean {
  // Behind a flag, what was read goes somewhere else, and may replace what has been changed there.
  const isFlag = is.TrueKeyword(value && unwrapped(value));
  const vain = isFlag ? ENSURES : ENSURES_OR_READS;
  return pauses.every((pause) => {
    const awaited = is.AwaitExpression(pause) ? unwrapped(pause.expression) : undefined;
    return awaited !== undefined && isVain(awaited, vain);
  });
}

function isVain(awaited: Node, vain: RegExp): boolean {
  if (!is.CallExpression(awaited)) return false;
  if (is.ImportKeyword(awaited.expression)) return true;
  const call = methodCall(awaited);
  if (
    call !== undefined &&
    call.method === "all" &&
    nameOf(unwrapped(call.receiver)) === "Promise"
  ) {
    const [list] = call.args;
    const array = list && unwrapped(list);
    return (
      is.ArrayLiteralExpression(array) && array.elements.every((it) => isVain(unwrapped(it), vain))
    );
  }
  const callee = unwrapped(awaited.expression);
  const name = nameOf(is.PropertyAccessExpression(callee) ? callee.name : callee) ?? "";
  if (vain.test(name)) return true;
  const [, options] = awaited.arguments;
  return name === "mkdir" && options !== undefined && /\brecursive\b/.test(textOf(options));
}

const ENSURES = /^(?:ensureDir|ensureFile|mkdirp|access|stat|lstat|realpath|pathExists)$/;
const ENSURES_OR_READS =
  /^(?:ensureDir|ensureFile|mkdirp|access|stat|lstat|realpath|pathExists|get(?:From)?Cached?\w*|\w+FromCache|readFile|readdir|readJson|read[A-Z]\w*(?:Asset|File|Template|Package|PackageJson)s?)$/;

/** Whether what is kept under a key is what the key itself, a promise, settles with. */
export function isOutcomeOfKey({ location }: Access, pauses: readonly Node[]): boolean {
  const key = location.cell?.key;
  if (key === undefined) return false;
  return pauses.every((pause) => {
    const awaited = is.AwaitExpression(pause) ? pause.expression : methodCall(pause)?.receiver;
    return awaited !== undefined && textOf(unwrapped(awaited)) === textOf(key);
  });
}

/** Whether the place says that something is over, so that doing it again is ending what has ended. */
export function isOver({ value, location }: Access): boolean {
  return is.TrueKeyword(value && unwrapped(value)) && OVER.test(location.text);
}

const OVER =
  /(?:closed|closing|stopped|stopping|ended|disposed|destroyed|finished|done|over|aborted|cancell?ed|terminated|disconnected)$/i;

/** The call that opens what somebody has to close, where the value comes from one. */
export function openingOf(value: Node, program: Program): Node | undefined {
  return originsOf(value, program).find(({ node, opaque }) => {
    if (opaque || (!is.CallExpression(node) && !is.NewExpression(node))) return false;
    const callee = unwrapped(node.expression);
    const name = is.PropertyAccessExpression(callee) ? callee.name : callee;
    return (is.Identifier(name) || is.PrivateIdentifier(name)) && OPENS.test(name.text);
  })?.node;
}

const OPENS =
  /^#?(?:connect|open|create(?:Server|Connection|Client|Pool|Socket|Worker|Channel|Session|Browser)|spawn|fork|listen|launch|acquire|reserve|subscribe|watch|mkdtemp|start)/;

/**
 * Whether the write says that the work is done, or puts there what the work gave. A flag that is set
 * on some ways only is a state that the work happens to find out, and no memo.
 */
export function isMemo(write: Access, pauses: readonly Node[], program: Program): boolean {
  const value = write.value && unwrapped(write.value);
  const [pause] = pauses;
  const isMark = is.TrueKeyword(value) || cellCall(write.at)?.method === "add";
  if (!isMark || pause === undefined) return true;
  if (isCallAccess(write)) return isMadeAlways(write, program);
  const search = { until: ["return", "end"], stops: (it: Node) => it === write.at } as const;
  return pathFrom(pause, search, program) === undefined;
}

/** What the functions that a call leads to put into places. */
export function fillsByCall(call: CallExpression, program: Program): readonly CallAccess[] {
  return writesByCall(call, program).filter(fills);
}

/** Whether the write puts something there, rather than taking it away. */
export function fills({ kind, value }: Access): boolean {
  return kind === "write" && value !== undefined && !isEmpty(value);
}

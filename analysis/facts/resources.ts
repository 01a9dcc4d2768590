import { fact, type Program } from "../program.ts";
import {
  type CallExpression,
  calleeNameOf,
  declarationKeyword,
  type Identifier,
  is,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  type SourceFile,
  sourceFileOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { EXITS, flowOwner, type Path, pathFrom } from "./flow.ts";
import { isOnlyTested } from "./mentions.ts";
import { begunBy, methodOn } from "./pairs.ts";
import { passesSwitch } from "./paths.ts";
import { variableOf } from "./references.ts";

// Is a resource that a variable holds released on every way out?
//
// Resources are what `pairs` says (file handles, connections), and own types that can be disposed of
// asynchronously. Asked where the function itself releases it on one way, so that it is the owner, or
// where nothing at all is done with it but calling its methods. What is returned, passed on, stored or
// seen by an inner function has another owner, unless it comes back: where the function releases it
// itself, what is awaited has only borrowed it. Ways that leave by a failed `await` count; ways that
// leave by a call that happens to throw do not, nor does a `switch` whose cases may be all there are.
//
// A resource that no variable holds can be released by nobody: a method of it is called on the spot.
// That it is one is known by `pairs`, or because the same file keeps what the same function gives in a
// variable elsewhere, and releases it there.

type VariableDeclaration = NodeOf<"VariableDeclaration">;

const RELEASES: ReadonlySet<string> = new Set([
  "close",
  "release",
  "destroy",
  "dispose",
  "end",
  "disconnect",
  "quit",
  "terminate",
]);

export interface Unreleased {
  readonly name: Identifier;
  readonly acquired: Node;
  readonly path: Path;
  /** Where it is released on other ways. */
  readonly releases: readonly Node[];
}

/** The resource of a variable, and a way out on which nobody releases it. */
export const unreleasedBy: (
  declaration: VariableDeclaration,
  program: Program,
) => Unreleased | undefined = fact((declaration, program) => {
  const { name, initializer, parent } = declaration;
  if (initializer === undefined || !is.Identifier(name)) return undefined;
  if (!is.VariableDeclarationList(parent) || declarationKeyword(parent).endsWith("using")) {
    return undefined;
  }
  const awaited = unwrapped(initializer);
  const call = is.AwaitExpression(awaited) ? unwrapped(awaited.expression) : awaited;
  if (!is.CallExpression(call) || flowOwner(declaration) === undefined) return undefined;
  const methods = releasingMethods(call, name, program);
  if (methods === undefined) return undefined;
  const { mentions } = variableOf(name, program);
  const releases = new Set<Node>(mentions.filter((it) => methods.has(methodOn(it) ?? "")));
  const isOwner = mentions.every(
    (it) =>
      flowOwner(it) === flowOwner(declaration) &&
      (methodOn(it) !== undefined || isOnlyTested(it) || (releases.size > 0 && isLent(it))),
  );
  if (!isOwner || is.SourceFile(flowOwner(declaration))) return undefined;
  if (mentions.some(hearsOfEnd)) return undefined;
  const path = pathFrom(
    declaration,
    { until: EXITS, stops: (it) => releases.has(it), exceptions: "awaited" },
    program,
  );
  return path === undefined || passesSwitch(path)
    ? undefined
    : { name, acquired: call, path, releases: [...releases] };
});

/** `lines.on("close", …)`: what somebody follows to its end comes to one by itself. */
function hearsOfEnd(mention: Node): boolean {
  const listen = methodCall(wrapped(wrapped(mention).parent).parent);
  const [event] = listen?.args ?? [];
  if (listen === undefined || listen.receiver !== wrapped(mention)) return false;
  return (
    /^(?:on|once|addListener)$/.test(listen.method) &&
    is.StringLiteral(event) &&
    ENDS.has(event.text)
  );
}

const ENDS: ReadonlySet<string> = new Set(["close", "end", "exit", "finish"]);

/** Whether it is given to a call that is waited for, and by its name does not release it. */
function isLent(mention: Node): boolean {
  let given = wrapped(mention);
  while (isInLiteral(given)) given = wrapped(given.parent.parent);
  const { parent } = given;
  if (!is.CallExpression(parent) || !parent.arguments.some((it) => it === given)) return false;
  if (!is.AwaitExpression(wrapped(parent).parent)) return false;
  return !RELEASING.test(nameOf(calleeNameOf(parent)) ?? "");
}

/** The value of `{ key: value }`, or the name in `{ name }`. */
function isInLiteral(node: Node): boolean {
  const { parent } = node;
  if (is.ShorthandPropertyAssignment(parent)) return true;
  return is.PropertyAssignment(parent) && parent.initializer === node;
}

const RELEASING =
  /abort|cleanup|cleanUp|close|commit|destroy|dispose|disconnect|end|finish|free|kill|quit|release|return|rollback|shutdown|stop|teardown|tearDown|terminate/i;

function releasingMethods(
  call: NodeOf<"CallExpression">,
  name: Identifier,
  program: Program,
): ReadonlySet<string> | undefined {
  const pair = begunBy(call, program)?.pair;
  if (pair !== undefined)
    return pair.methods.size > 0 && pair.functions.size === 0 ? pair.methods : undefined;
  if (!is.AwaitExpression(wrapped(call).parent)) return undefined;
  const { disposal, type } = program.types.value(name);
  const isAsync = disposal === "async" || disposal === "both";
  return isAsync && type?.module === "own" ? RELEASES : undefined;
}

export interface Dropped {
  /** The call that gives the resource. */
  readonly call: CallExpression;
  /** Where the same file releases what the same function gives. */
  readonly released: Node | undefined;
}

/** A resource of which only a method is called, on the spot, so that nobody can release it. */
export function droppedBy(call: CallExpression, program: Program): Dropped | undefined {
  const value = wrapped(call);
  const used = is.AwaitExpression(value.parent) ? wrapped(value.parent) : value;
  const method = methodOn(used);
  const member = wrapped(used.parent);
  if (method === undefined || !is.CallExpression(member.parent)) return undefined;
  if (member.parent.expression !== member || flowOwner(call) === undefined) return undefined;
  const pair = begunBy(call, program)?.pair;
  if (pair !== undefined) {
    const isAwaited = is.AwaitExpression(value.parent);
    const isHandle = pair.methods.size > 0 && pair.functions.size === 0;
    return isAwaited && isHandle && !pair.methods.has(method)
      ? { call, released: undefined }
      : undefined;
  }
  const name = nameOf(calleeNameOf(call)) ?? "";
  if (!GIVES.test(name) || RELEASES.has(method)) return undefined;
  const released = releasesOf(sourceFileOf(call), program).find(
    (it) => it.name === name && isSameFunction(it.call, call, program),
  );
  return released && { call, released: released.at };
}

const GIVES = /^(?:acquire|begin|checkout|checkOut|connect|create|get|obtain|open|start)/;

interface Release {
  readonly name: string;
  readonly call: CallExpression;
  readonly at: Node;
}

/** The variables of a file that hold what a call gave, and are released. */
const releasesOf: (file: SourceFile, program: Program) => readonly Release[] = fact(
  (file, program) => {
    const found: Release[] = [];
    if (!/\.(?:release|close|destroy|disconnect|terminate)\(/.test(file.text)) return found;
    walk(file, (it) => {
      if (!is.VariableDeclaration(it) || !is.Identifier(it.name)) return undefined;
      const awaited = it.initializer && unwrapped(it.initializer);
      const call = is.AwaitExpression(awaited) ? unwrapped(awaited.expression) : awaited;
      const name = is.CallExpression(call) ? nameOf(calleeNameOf(call)) : undefined;
      if (!is.CallExpression(call) || name === undefined || !GIVES.test(name)) return undefined;
      const at = variableOf(it.name, program).mentions.find((mention) =>
        RELEASES.has(methodOn(mention) ?? ""),
      );
      if (at !== undefined) found.push({ name, call, at });
      return undefined;
    });
    return found;
  },
);

function isSameFunction(one: CallExpression, other: CallExpression, program: Program): boolean {
  const [a, b] = [one, other].map((it) => program.types.symbol(calleeNameOf(it))?.id);
  return a !== undefined && a === b;
}

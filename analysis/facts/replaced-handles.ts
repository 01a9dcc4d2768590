import type { Program } from "../program.ts";
import {
  ancestor,
  bodyHas,
  type CallExpression,
  calleeNameOf,
  enclosingClass,
  enclosingFunction,
  type FunctionLike,
  is,
  isAssignment,
  isFunctionExpression,
  isInside,
  isOneOf,
  isShortCircuit,
  Kind,
  type NewExpression,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { callbackOf } from "./callbacks.ts";
import { calleeOf, constantBehind } from "./callees.ts";
import { pathFromEntry } from "./flow.ts";
import { registrationOf } from "./listeners.ts";
import { begunBy, type Begun, type Holder, holderOf, mentionsOfMember, methodOn } from "./pairs.ts";
import { variableBehind } from "./references.ts";

// Is a handle overwritten by a new one while what it stands for goes on?
//
// A function begins something that lasts (an interval, a connection, an observer; or an object that the
// same file closes, destroys or disconnects elsewhere, which is weaker evidence) and keeps the handle
// in a field, or in a variable outside of it. When it runs a second time, the first handle is gone, and
// with it the only means of ending what it stands for. Said only where there is a way through the
// function to the assignment on which nothing looks at the handle: every mention before it, be it a
// test or a call that ends it, speaks for somebody who has thought of it, and so does a call of an own
// function that mentions it.
//
// That the function runs again is *seen* where it is a listener, or called from one; it is *likely*
// where its name says so (`connect`, `refresh`). Constructors and functions named for a beginning are
// taken to run once, and so are all of which nothing is known. What a guard on some other state keeps
// out cannot be told from here, so a way that passes one is weaker evidence.

export interface ReplacedHandle {
  readonly begun: Begun;
  readonly holder: Holder & { readonly kind: "member" | "variable" };
  /** Why the function runs again; a guard on some other state in front makes it `maybe`. */
  readonly again: "seen" | "likely" | "maybe";
}

export function replacedBy(
  call: CallExpression | NewExpression,
  program: Program,
): ReplacedHandle | undefined {
  const known = begunBy(call, program);
  // Most calls begin nothing, and need not be asked where their results go.
  if (known === undefined && !is.NewExpression(call)) return undefined;
  const holder = holderOf(call, program);
  if (holder.kind !== "member" && holder.kind !== "variable") return undefined;
  const begun = known ?? endedInFile(call, holder, program);
  if (begun === undefined || begun.pair.passes === true || begun.pair.opposites.size > 0) {
    return undefined;
  }
  const fn = enclosingFunction(call);
  const target = holder.kind === "member" ? holder.access : holder.name;
  if (fn === undefined || !isPlainAssignment(target)) return undefined;
  const mentions = mentionsOutside(holder, fn, program);
  if (mentions === undefined || isMadeHere(holder, fn, program)) return undefined;
  const again = runsAgain(fn, scopeOfHolder(holder, program), mentions, program);
  if (again === undefined) return undefined;
  const looks = new Set<Node>(mentions.filter((it) => it !== target));
  const path = pathFromEntry(
    fn,
    {
      until: (it) => it === call,
      stops: (it) => looks.has(it) || looks.has(unwrapped(it)) || looksAt(it, looks, fn, program),
    },
    program,
  );
  if (path === undefined) return undefined;
  if (isToggle(call, looks)) return undefined;
  const isGuarded = bodyHas(fn, (it) => is.IfStatement(it) && it.pos < call.pos && leaves(it));
  if (isGuarded && endsItself(call, looks, program)) return undefined;
  return { begun, holder, again: isGuarded || known === undefined ? "maybe" : again };
}

/** What `new` made and a method of the same file ends, by a name that says so. */
function endedInFile(
  call: CallExpression | NewExpression,
  holder: ReplacedHandle["holder"],
  program: Program,
): Begun | undefined {
  const name = nameOf(calleeNameOf(call));
  if (!is.NewExpression(call) || name === undefined) return undefined;
  const mentions =
    holder.kind === "member"
      ? mentionsOfMember(holder.access, sourceFileOf(call), program)
      : variableBehind(holder.name, program)?.mentions;
  const end = mentions?.map((it) => methodOn(it) ?? "").find((it) => ENDS.has(it));
  if (end === undefined) return undefined;
  return {
    call,
    pair: {
      reason: `It has a method \`${end}\`, which this file calls.`,
      begins: `\`${name}\``,
      endedBy: [end],
      functions: new Set(),
      methods: new Set([end]),
      isCalled: false,
      opposites: new Set(),
    },
  };
}

const ENDS: ReadonlySet<string> = new Set([
  "close",
  "destroy",
  "disconnect",
  "dispose",
  "terminate",
]);

/** `x = begin()`; `x ??= begin()` looks first. */
function isPlainAssignment(target: Node): boolean {
  const { parent } = wrapped(target);
  return isAssignment(parent) && parent.operatorToken.kind === Kind.EqualsToken
    ? !isShortCircuit(wrapped(parent).parent)
    : false;
}

function mentionsOutside(
  holder: ReplacedHandle["holder"],
  fn: FunctionLike,
  program: Program,
): readonly Node[] | undefined {
  if (holder.kind === "member") {
    return mentionsOfMember(holder.access, sourceFileOf(fn), program);
  }
  return variableBehind(holder.name, program)?.mentions;
}

/** A variable of the function itself, or the field of an object that it has made. */
function isMadeHere(holder: ReplacedHandle["holder"], fn: FunctionLike, program: Program): boolean {
  let root: Node = holder.kind === "member" ? holder.access : holder.name;
  while (is.PropertyAccessExpression(root)) root = unwrapped(root.expression);
  if (!is.Identifier(root)) return false;
  const variable = variableBehind(root, program);
  if (variable === undefined) return holder.kind === "variable";
  const isSelf = is.VariableDeclaration(variable.declaration)
    ? is.ThisKeyword(
        variable.declaration.initializer && unwrapped(variable.declaration.initializer),
      )
    : false;
  return !isSelf && isInside(variable.declaration, fn);
}

/** The function that is called each time looks at the handle, and may so end itself. */
function endsItself(
  { arguments: args }: CallExpression | NewExpression,
  looks: ReadonlySet<Node>,
  program: Program,
): boolean {
  const [callback] = args ?? [];
  if (callback === undefined) return false;
  let found = [...looks].some((it) => isInside(it, callback));
  walk(callback, (it) => {
    found ||= looksAt(it, looks, undefined, program);
    return found ? "skip" : undefined;
  });
  return found;
}

/** `if (visible) begin(); else end();`, whose two sides take turns. */
function isToggle(call: Node, looks: ReadonlySet<Node>): boolean {
  const choice = ancestor(call, is.IfStatement);
  if (choice?.elseStatement === undefined) return false;
  const { thenStatement, elseStatement } = choice;
  const other = isInside(call, thenStatement) ? elseStatement : thenStatement;
  return !is.IfStatement(elseStatement) && [...looks].some((it) => isInside(it, other));
}

/** A call of an own function that mentions the handle, also of one that a hook keeps. */
function looksAt(
  node: Node,
  looks: ReadonlySet<Node>,
  fn: FunctionLike | undefined,
  program: Program,
): boolean {
  if (!is.CallExpression(node)) return false;
  const known = calleeOf(node, program).functions;
  const functions = known.length > 0 ? known : keptByHook(node.expression, program);
  return functions.some((it) => it !== fn && [...looks].some((mention) => isInside(mention, it)));
}

/** `const end = useCallback(() => …)`. */
function keptByHook(callee: Node, program: Program): readonly Node[] {
  const name = unwrapped(callee);
  const value = is.Identifier(name) ? constantBehind(name, program) : undefined;
  const call = value && unwrapped(value);
  if (!is.CallExpression(call) || !/^use[A-Z]/.test(nameOf(calleeNameOf(call)) ?? "")) return [];
  return call.arguments.filter((it) => isFunctionExpression(unwrapped(it)));
}

const isLeaving = isOneOf("ReturnStatement", "ThrowStatement");

function leaves({ thenStatement }: { readonly thenStatement: Node }): boolean {
  return isLeaving(thenStatement) || bodyHas(thenStatement, isLeaving);
}

const ONCE =
  /^_?(?:constructor|init|initialize|initialise|setup|setUp|bootstrap|create|main|mount|activate|componentDidMount|connectedCallback|ngOnInit|ngAfterViewInit|onModuleInit|firstUpdated|hostConnected|onload|onLoad|attach|register|install|construct)(?:[A-Z]|$)/;

const AGAIN =
  /^_?(?:re[a-z]|connect|refresh|reset|schedule|toggle|update|resume|show|open|poll|subscribe|on[A-Z]|handle|arm)/;

/** The function whose every call has a handle of its own; undefined: an object or the file has it. */
function scopeOfHolder(holder: ReplacedHandle["holder"], program: Program): Node | undefined {
  let root: Node = holder.kind === "member" ? holder.access : holder.name;
  while (is.PropertyAccessExpression(root)) root = unwrapped(root.expression);
  const scope = is.Identifier(root) ? variableBehind(root, program)?.scope : undefined;
  return is.SourceFile(scope) ? undefined : scope;
}

/** Why a function runs more than once; undefined: it is taken to run once. */
function runsAgain(
  fn: FunctionLike,
  scope: Node | undefined,
  mentions: readonly Node[],
  program: Program,
): "seen" | "likely" | undefined {
  if (is.Constructor(fn) || fn === scope) return undefined;
  if (isListener(fn, program)) return "seen";
  const name = nameOfFunction(fn);
  if (name === undefined) {
    // A step of the function around it, unless that looks at the handle in another step.
    const outer = isFunctionExpression(fn) ? enclosingFunction(fn) : undefined;
    const isLookedAt = mentions.some(
      (it) => outer !== undefined && isInside(it, outer) && !isInside(it, fn),
    );
    return outer === undefined || isLookedAt
      ? undefined
      : runsAgain(outer, scope, mentions, program);
  }
  if (ONCE.test(name)) return undefined;
  if (isCalledByListener(name, fn, program)) return "seen";
  return AGAIN.test(name) ? "likely" : undefined;
}

function nameOfFunction(fn: FunctionLike): string | undefined {
  if (fn.name !== undefined) return nameOf(fn.name);
  const { parent } = wrapped(fn);
  if (is.VariableDeclaration(parent) || is.PropertyDeclaration(parent)) return nameOf(parent.name);
  if (is.PropertyAssignment(parent)) return nameOf(parent.name);
  const target = isAssignment(parent) ? unwrapped(parent.left) : undefined;
  return is.PropertyAccessExpression(target) ? target.name.text : undefined;
}

/** A listener that is called for each event, written out or by its name. */
function isListener(fn: FunctionLike, program: Program): boolean {
  const outer = wrapped(fn);
  if (is.CallExpression(outer.parent)) return isRepeated(outer, program);
  const name = is.FunctionDeclaration(fn) ? nameOf(fn.name) : nameOfFunction(fn);
  const scope = enclosingFunction(fn) ?? sourceFileOf(fn);
  return (
    name !== undefined && isFunctionExpressionOrDeclaration(fn) && isGivenAway(name, scope, program)
  );
}

const isFunctionExpressionOrDeclaration = isOneOf(
  "ArrowFunction",
  "FunctionExpression",
  "FunctionDeclaration",
);

function isGivenAway(name: string, scope: Node, program: Program): boolean {
  let found = false;
  walk(scope, (it) => {
    if (found || !is.CallExpression(it)) return found ? "skip" : undefined;
    found = it.arguments.some((arg) => nameOf(unwrapped(arg)) === name && isRepeated(arg, program));
    return undefined;
  });
  return found;
}

/** Whether the function at this argument is called again and again. */
function isRepeated(argument: Node, program: Program): boolean {
  const { parent } = argument;
  if (!is.CallExpression(parent)) return false;
  const registration = registrationOf(parent, program);
  if (registration !== undefined) return !registration.once;
  const use = callbackOf(argument, program);
  return use !== undefined && use !== "never" && use.runs === "later" && use.repeats === true;
}

/** `this.refresh()` in a listener of the same class. */
function isCalledByListener(name: string, fn: FunctionLike, program: Program): boolean {
  const of = enclosingClass(fn);
  if (of === undefined) return false;
  let found = false;
  walk(of, (it) => {
    if (found || !is.CallExpression(it)) return found ? "skip" : undefined;
    const callee = unwrapped(it.expression);
    const isIt =
      is.PropertyAccessExpression(callee) &&
      callee.name.text === name &&
      is.ThisKeyword(unwrapped(callee.expression));
    const caller = isIt ? enclosingFunction(it) : undefined;
    found = caller !== undefined && caller !== fn && isListener(caller, program);
    return undefined;
  });
  return found;
}

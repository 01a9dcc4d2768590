import type { ScopeModel } from "../primitives/primitive.ts";
import { fact, type Program } from "../program.ts";
import {
  bodyHas,
  type CallExpression,
  calleeNameOf,
  type ClassLike,
  enclosingFunction,
  type FunctionLike,
  is,
  isAssignment,
  isClassLike,
  isFunctionExpression,
  isFunctionLike,
  isOneOf,
  Kind,
  type Node,
  nameOf,
  sourceFileOf,
  unwrapped,
  walk,
  walkBody,
  wrapped,
} from "../syntax.ts";
import { declarationOf, importedFrom, knownSymbol } from "./references.ts";

// Whose life is code a part of, and where does that life end?
//
// Three kinds of owners say themselves that they come to an end. An *effect*: the function that a
// framework runs when a component appears. A *class* with a method that ends it, by a name that a
// framework calls (`componentWillUnmount`, `ngOnDestroy`) or that people agree on (`dispose`, `close`,
// `stop`), or that is a component without such a method. A *closure*: a function that makes an object
// with such a method, or gives back a function that undoes what it did.
//
// The innermost owner counts. Code that belongs to none lives as long as the program, for all that is
// known here; then nothing is said. Names are evidence and no proof: a `close` that closes a menu makes
// an owner of its class as well, which is why only such things are reported that outlive everything.

export type Life =
  | {
      readonly kind: "effect";
      readonly fn: FunctionLike;
      readonly call: CallExpression;
      readonly model: ScopeModel;
      /** Where mentions count: the component around the effect. */
      readonly scope: Node;
    }
  | {
      readonly kind: "class";
      readonly of: ClassLike;
      /** Undefined in a component that has none. */
      readonly teardown: FunctionLike | undefined;
      readonly scope: Node;
    }
  | {
      readonly kind: "closure";
      readonly fn: FunctionLike;
      readonly teardown: FunctionLike;
      readonly scope: Node;
    };

/** The innermost life that the node is a part of; undefined: that of the program. */
export function lifeOf(node: Node, program: Program): Life | undefined {
  for (let fn = enclosingFunction(node); fn !== undefined; fn = enclosingFunction(fn)) {
    const life = lifeIn(fn, program);
    if (life !== undefined) return life;
    if (isClassLike(fn.parent)) return lifeOfClass(fn.parent, program);
  }
  const owner = classOfField(node);
  return owner && lifeOfClass(owner, program);
}

/** The class whose field a node outside of all methods is the value of. */
function classOfField(node: Node): ClassLike | undefined {
  for (let at = node.parent; !is.SourceFile(at); at = at.parent) {
    if (is.PropertyDeclaration(at)) return isClassLike(at.parent) ? at.parent : undefined;
    if (is.ClassStaticBlockDeclaration(at)) return undefined;
  }
  return undefined;
}

const lifeIn: (fn: FunctionLike, program: Program) => Life | undefined = fact((fn, program) => {
  const effect = effectOf(fn, program);
  if (effect !== undefined) return effect;
  const teardown = teardownIn(fn);
  return teardown && { kind: "closure", fn, teardown, scope: fn };
});

/** The effect whose function this is. */
export function effectOf(
  fn: FunctionLike,
  program: Program,
): (Life & { kind: "effect" }) | undefined {
  const argument = wrapped(fn);
  const call = argument.parent;
  if (!is.CallExpression(call)) return undefined;
  const model = scopeOf(call, program);
  if (model === undefined || call.arguments[model.runs] !== argument) return undefined;
  return { kind: "effect", fn, call, model, scope: outermost(call) };
}

/** What is known of a call that runs a function when something appears or changes. */
export function scopeOf(call: CallExpression, program: Program): ScopeModel | undefined {
  const name = calleeNameOf(call);
  const text = nameOf(name);
  if (text === undefined || !SCOPES.test(text)) return undefined;
  const symbol = knownSymbol(name, program);
  if (symbol !== undefined) return program.models.scope(symbol);
  const callee = unwrapped(call.expression);
  const root = is.PropertyAccessExpression(callee) ? unwrapped(callee.expression) : callee;
  const module = is.Identifier(root) ? importedFrom(root.text, sourceFileOf(call)) : undefined;
  return module === undefined ? undefined : program.models.scope({ module, name: text });
}

/** Cheap, and asked of every call. */
const SCOPES = /^(?:(?:use|on|create)[A-Z]|watch|\$effect)/;

/** The outermost function around a node, or the file. */
function outermost(node: Node): Node {
  let scope: Node = sourceFileOf(node);
  for (let fn = enclosingFunction(node); fn !== undefined; fn = enclosingFunction(fn)) scope = fn;
  return scope;
}

/** Called by a framework, or by the language, when the object is no longer needed. */
const CALLED_AT_END: ReadonlySet<string> = new Set([
  "componentWillUnmount",
  "disconnectedCallback",
  "ngOnDestroy",
  "onModuleDestroy",
  "onApplicationShutdown",
  "beforeDestroy",
  "beforeUnmount",
  "_destroy",
]);

/** Names that people agree on for the end of an object. */
const ENDS: ReadonlySet<string> = new Set([
  "dispose",
  "disposeAsync",
  "asyncDispose",
  "destroy",
  "close",
  "stop",
  "shutdown",
  "shutDown",
  "teardown",
  "tearDown",
  "unmount",
  "cleanup",
  "cleanUp",
  "disconnect",
  "terminate",
  "detach",
  "deactivate",
  "unload",
  "onunload",
  "onUnload",
  "quit",
]);

/** Methods by which a framework begins a component; without an end, it has none. */
const CALLED_AT_START: ReadonlySet<string> = new Set([
  "componentDidMount",
  "connectedCallback",
  "ngOnInit",
  "ngAfterViewInit",
]);

const lifeOfClass: (of: ClassLike, program: Program) => Life | undefined = fact((of) => {
  const named = of.members.flatMap((it) => {
    const fn = methodIn(it);
    const name = fn === undefined ? undefined : memberName(it);
    return fn === undefined || name === undefined ? [] : [{ fn, name }];
  });
  const end =
    named.find(({ name }) => CALLED_AT_END.has(name) || name.startsWith("[Symbol.")) ??
    named.find(({ name }) => ENDS.has(name));
  if (end !== undefined) return { kind: "class", of, teardown: end.fn, scope: of };
  const isComponent = named.some(({ name }) => CALLED_AT_START.has(name));
  return isComponent ? { kind: "class", of, teardown: undefined, scope: of } : undefined;
});

/** Whether a class that has no such method has a base that does; who does not see it goes by its name. */
export function inheritsEnd(of: ClassLike, program: Program): boolean {
  let owner = of;
  for (let steps = 0; steps < MOST_BASES; steps += 1) {
    const base = baseOf(owner);
    const name = base && (is.PropertyAccessExpression(base) ? base.name : base);
    if (name === undefined) return false;
    if (nameOf(name)?.endsWith("Disposable") === true) return true;
    const declaration = declarationOf(name, program);
    if (!isClassLike(declaration)) return false;
    const life = lifeOfClass(declaration, program);
    if (life?.kind === "class" && life.teardown !== undefined) return true;
    owner = declaration;
  }
  return false;
}

const MOST_BASES = 8;

function baseOf({ heritageClauses }: ClassLike): Node | undefined {
  const clause = heritageClauses?.find((it) => it.token === Kind.ExtendsKeyword);
  const base = clause?.types[0];
  return base && unwrapped(is.ExpressionWithTypeArguments(base) ? base.expression : base);
}

function methodIn(member: Node): FunctionLike | undefined {
  if (is.MethodDeclaration(member)) return member.body === undefined ? undefined : member;
  const value = is.PropertyDeclaration(member) && member.initializer;
  const fn = value ? unwrapped(value) : undefined;
  return isFunctionExpression(fn) ? fn : undefined;
}

/** `dispose`, or `[Symbol.dispose]`. */
function memberName(member: Node): string | undefined {
  if (!is.MethodDeclaration(member) && !is.PropertyDeclaration(member)) return undefined;
  const { name } = member;
  if (!is.ComputedPropertyName(name)) return nameOf(name);
  const symbol = unwrapped(name.expression);
  const isDispose = is.PropertyAccessExpression(symbol) && /[dD]ispose$/.test(symbol.name.text);
  return isDispose ? "[Symbol.dispose]" : undefined;
}

/** The function inside that ends what this one makes. */
function teardownIn(fn: FunctionLike): FunctionLike | undefined {
  if (fn.body === undefined) return undefined;
  let found: FunctionLike | undefined;
  const visit = (node: Node): undefined => {
    if (found === undefined && isFunctionLike(node) && isTeardownOf(node, fn)) found = node;
    return undefined;
  };
  visit(fn.body);
  walkBody(fn.body, visit);
  return found;
}

function isTeardownOf(inner: FunctionLike, fn: FunctionLike): boolean {
  const holder = wrapped(inner).parent;
  if (is.ReturnStatement(holder)) return isUndoing(inner);
  if (is.MethodDeclaration(inner) && is.ObjectLiteralExpression(holder)) {
    return ENDS.has(nameOf(inner.name) ?? "") && isMade(holder, fn);
  }
  if (is.PropertyAssignment(holder)) {
    return ENDS.has(nameOf(holder.name) ?? "") && isMade(holder.parent, fn);
  }
  const name = is.FunctionDeclaration(inner)
    ? inner.name
    : is.VariableDeclaration(holder)
      ? holder.name
      : undefined;
  const text = nameOf(name);
  return text !== undefined && ENDS.has(text) && isPutIntoObject(text, fn);
}

/** An object literal that the function gives back, or keeps under a name. */
function isMade(literal: Node, fn: FunctionLike): boolean {
  const { parent } = wrapped(literal);
  if (is.ReturnStatement(parent) || parent === fn) return true;
  return is.VariableDeclaration(parent) || isAssignment(parent);
}

/** `return { start, stop }` */
function isPutIntoObject(name: string, { body }: FunctionLike): boolean {
  if (body === undefined) return false;
  const puts = (it: Node) =>
    (is.ShorthandPropertyAssignment(it) && it.name.text === name) ||
    (is.PropertyAssignment(it) && nameOf(unwrapped(it.initializer)) === name);
  return bodyHas(body, puts);
}

const UNDOES =
  /^(?:remove|off|clear|un[a-z]|dispose|destroy|close|stop|disconnect|abort|cancel|delete|detach|release|reset|teardown|cleanup|end)/;

/** A function without parameters, each of whose statements takes something back. */
function isUndoing(fn: FunctionLike): boolean {
  if (!isFunctionExpression(fn) || fn.parameters.length > 0) return false;
  const { body } = fn;
  if (!is.Block(body)) return body !== undefined && isUndo(body);
  return (
    body.statements.length > 0 &&
    body.statements.every((it) => is.ExpressionStatement(it) && isUndo(it.expression))
  );
}

const isNothing = isOneOf("NullKeyword", "FalseKeyword", "ArrayLiteralExpression");

function isUndo(written: Node): boolean {
  const node = unwrapped(written);
  if (is.AwaitExpression(node) || is.VoidExpression(node)) return isUndo(node.expression);
  if (is.CallExpression(node)) return UNDOES.test(nameOf(calleeNameOf(node)) ?? "");
  if (!isAssignment(node)) return false;
  const value = unwrapped(node.right);
  return isNothing(value) || nameOf(value) === "undefined" || is.VoidExpression(value);
}

/** What a life is called in a message. */
export function nameOfLife(life: Life): string {
  if (life.kind === "effect") return "the effect";
  const node = life.kind === "class" ? life.of : life.fn;
  const holder = wrapped(node).parent;
  const name =
    nameOf(node.name) ?? (is.VariableDeclaration(holder) ? nameOf(holder.name) : undefined);
  if (name !== undefined) return `\`${name}\``;
  return life.kind === "class" ? "this class" : "this function";
}

/** The functions that an effect gives back to undo what it did, or hands to such a hook. */
export function cleanupsOf({
  fn,
  model,
  scope,
}: Life & { kind: "effect" }): readonly FunctionLike[] {
  const found: FunctionLike[] = [];
  const { cleanup } = model;
  if (cleanup === "returned") {
    const body = fn.body;
    if (body === undefined) return found;
    const add = (value: Node | undefined): void => {
      const inner = value && unwrapped(value);
      if (isFunctionExpression(inner)) found.push(inner);
    };
    if (!is.Block(body)) add(body);
    else {
      walkBody(body, (it) => {
        if (is.ReturnStatement(it)) add(it.expression);
        return undefined;
      });
    }
    return found;
  }
  walk(scope, (it) => {
    if (!is.CallExpression(it) || !cleanup.includes(nameOf(calleeNameOf(it)) ?? ""))
      return undefined;
    const [first] = it.arguments;
    const inner = first && unwrapped(first);
    if (isFunctionExpression(inner)) found.push(inner);
    return undefined;
  });
  return found;
}

import { fact, type Program, resolve } from "../program.ts";
import {
  ancestor,
  enclosingClass,
  hasModifier,
  type Identifier,
  is,
  isAssignment,
  isLoop,
  isOneOf,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  statementOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { observesArgument } from "./callbacks.ts";
import { flowOwner } from "./flow.ts";
import { isRead } from "./mentions.ts";

// Where is a local variable read, written and captured? Does anybody read a private field?
//
// Both are answered for promises: "read" means that somebody may look at the promise. A *may*
// question that prefers "yes", since "no" is what gets reported. A test (`if (p)`) is a read, for a
// promise that is always there is never tested without a purpose; an argument is one, unless it goes
// to an own function that ignores it, or into a collection that nobody reads. A mention inside a
// nested function is a capture: it may run at any time, so nothing more is said of the variable.
//
// A field or variable is hidden where all its readers are in sight: a `#field`, a `private` field,
// a variable that its file does not export. It is unread where each mention by its name, in the
// class or the file, only puts something in: `this.jobs.push(p)`, `this.jobs = []`. Everything else
// that bears the name counts as reading, also where it belongs to something different, and so does
// `this[name]`.

export interface Mentions {
  /** Reads in the variable's own flow, in source order. */
  readonly reads: readonly Identifier[];
  /** Mentions that do not look at the value: `ignore(p)`, `this.#unread.push(p)`. */
  readonly blind: readonly Identifier[];
  /** Assignments in its own flow, its initializer left out. */
  readonly writes: readonly Node[];
  /** A nested function, or another file, can see it. */
  readonly captured: boolean;
}

/** The mentions of a variable that is declared by a plain name. */
export const mentionsOfBinding: (
  declaration: NodeOf<"VariableDeclaration">,
  program: Program,
) => Mentions = fact((declaration, program) => {
  const owner = flowOwner(declaration);
  const reads: Identifier[] = [];
  const blind: Identifier[] = [];
  const writes: Node[] = [];
  let captured = owner === undefined || isExported(declaration) || isGlobal(declaration);
  for (const it of namesakesOf(declaration.name, owner ?? declaration, program)) {
    if (flowOwner(it) !== owner || is.ExportSpecifier(it.parent)) captured = true;
    else if (isWritten(it)) writes.push(assignmentOf(it));
    else if (isRead(it)) (observes(it, program) ? reads : blind).push(it);
  }
  return { reads, blind, writes, captured };
});

/**
 * The nodes at which a path has come upon a read. A loop that holds one counts as a whole: that it
 * may run not even once is no more than a possibility.
 */
export function stopsAtReads({ reads }: Mentions, start: Node): (node: Node) => boolean {
  const stops = new Set<Node>(reads);
  for (const read of reads) {
    for (let it = ancestor(read, isLoop); it !== undefined; it = ancestor(it, isLoop)) {
      if (it.pos <= start.pos && start.end <= it.end) break;
      stops.add(it);
      const test = testOf(it);
      if (test === undefined) continue;
      stops.add(unwrapped(test));
      walk(test, (part) => {
        stops.add(part);
        return undefined;
      });
    }
  }
  return (node) => stops.has(node);
}

function testOf(loop: Node): Node | undefined {
  if (is.ForStatement(loop)) return loop.condition;
  return is.WhileStatement(loop) || is.DoStatement(loop) ? loop.expression : undefined;
}

/** The collection or field that a promise is put into, where nobody ever reads it. */
export function hiddenHolder(promise: Node, program: Program): Holder | undefined {
  const holder = holderOf(promise);
  if (holder === undefined) return undefined;
  const declaration = hiddenDeclaration(holder, program);
  return declaration !== undefined && isUnread(declaration, program)
    ? { holder, declaration }
    : undefined;
}

export interface Holder {
  /** `this.jobs`, as written where the promise is put in. */
  readonly holder: Node;
  readonly declaration: Declaration;
}

type Declaration = NodeOf<"PropertyDeclaration"> | NodeOf<"VariableDeclaration">;

const PUTS: ReadonlySet<string> = new Set(["push", "unshift", "add", "set"]);
const REMOVES: ReadonlySet<string> = new Set(["delete", "clear"]);

/** `this.jobs` in `this.jobs.push(p)` and in `this.jobs = p`. */
function holderOf(promise: Node): Node | undefined {
  const value = wrapped(promise);
  const { parent } = value;
  const call = methodCall(parent);
  if (call !== undefined && PUTS.has(call.method) && call.args.includes(value)) {
    return unwrapped(call.receiver);
  }
  const assigned = isAssignment(parent) && parent.right === value && statementOf(parent);
  return assigned ? unwrapped(parent.left) : undefined;
}

function hiddenDeclaration(holder: Node, program: Program): Declaration | undefined {
  const name = is.PropertyAccessExpression(holder) ? holder.name : holder;
  if (!is.Identifier(name) && !is.PrivateIdentifier(name)) return undefined;
  const [place, another] = program.types.symbol(name)?.declarations ?? [];
  if (place === undefined || another !== undefined || !program.types.isOwn(place.file)) {
    return undefined;
  }
  const declaration = resolve(place, program);
  if (is.PropertyDeclaration(declaration)) {
    const isPrivate =
      is.PrivateIdentifier(declaration.name) || hasModifier(declaration, Kind.PrivateKeyword);
    return isPrivate ? declaration : undefined;
  }
  if (!is.VariableDeclaration(declaration) || !is.Identifier(declaration.name)) return undefined;
  const isHidden = !isExported(declaration) && !isGlobal(declaration);
  return isHidden && isEmpty(declaration.initializer) ? declaration : undefined;
}

/** A variable that was made elsewhere may have other names there. */
function isEmpty(initializer: Node | undefined): boolean {
  if (initializer === undefined) return true;
  const inner = unwrapped(initializer);
  if (is.ArrayLiteralExpression(inner)) return inner.elements.length === 0;
  return is.NewExpression(inner) && (inner.arguments ?? []).length === 0;
}

const isUnread: (declaration: Declaration, program: Program) => boolean = fact(
  (declaration, program) => {
    const scope = is.PropertyDeclaration(declaration)
      ? (enclosingClass(declaration) ?? sourceFileOf(declaration))
      : (flowOwner(declaration) ?? sourceFileOf(declaration));
    if (is.VariableDeclaration(declaration)) {
      return namesakesOf(declaration.name, scope, program).every(onlyPuts);
    }
    let unread = true;
    walk(scope, (it) => {
      unread &&= it === declaration.name || !mayRead(it, declaration.name);
      return unread ? undefined : "skip";
    });
    return unread;
  },
);

function mayRead(node: Node, name: Node): boolean {
  if (is.ElementAccessExpression(node)) {
    // `#field` cannot be reached this way; a written-out name is looked at by itself.
    return (
      is.Identifier(name) &&
      is.ThisKeyword(unwrapped(node.expression)) &&
      nameOf(node.argumentExpression) === undefined
    );
  }
  if (node.kind !== name.kind && !is.StringLiteral(node)) return false;
  return nameOf(node) === nameOf(name) && !onlyPuts(node);
}

/** Whether a mention of a collection or field only puts something in, or takes it out unseen. */
function onlyPuts(name: Node): boolean {
  const access = name.parent;
  const isMember = is.PropertyAccessExpression(access) && access.name === name;
  const whole = wrapped(isMember ? access : name);
  const { parent } = whole;
  if (isPlainAssignment(parent)) return parent.left === whole && statementOf(parent) !== undefined;
  const outer = is.PropertyAccessExpression(parent) ? wrapped(parent).parent : parent;
  const call = methodCall(outer);
  if (call === undefined || unwrapped(call.receiver) !== unwrapped(whole)) return false;
  if (call.method === "push" || call.method === "unshift") return true;
  return (PUTS.has(call.method) || REMOVES.has(call.method)) && isUnused(call.call);
}

function isUnused(call: Node): boolean {
  const { parent } = wrapped(call);
  return is.ExpressionStatement(parent) || is.VoidExpression(parent) || is.ArrowFunction(parent);
}

function observes(mention: Identifier, program: Program): boolean {
  const access = wrapped(mention).parent;
  if (is.PropertyAccessExpression(access) && access.name.text === "length") return false;
  if (hiddenHolder(mention, program) !== undefined) return false;
  return observesArgument(mention, program) !== "no";
}

/** The other identifiers in the scope that stand for the same variable. */
export function namesakesOf(name: Node, scope: Node, program: Program): readonly Identifier[] {
  const text = nameOf(name);
  const found: Identifier[] = [];
  walk(scope, (it) => {
    if (is.Identifier(it) && it.text === text && it !== name) found.push(it);
    return undefined;
  });
  const id = found.length === 0 ? undefined : program.types.symbol(name)?.id;
  return found.filter((it) => !isMemberName(it) && program.types.symbol(it)?.id === id);
}

function isMemberName(node: Identifier): boolean {
  const { parent } = node;
  return (
    (is.PropertyAccessExpression(parent) && parent.name === node) ||
    (is.PropertyAssignment(parent) && parent.name === node)
  );
}

function isWritten(node: Identifier): boolean {
  const { parent } = wrapped(node);
  return isPlainAssignment(parent) && parent.left === wrapped(node);
}

function isPlainAssignment(node: Node | undefined): node is NodeOf<"BinaryExpression"> {
  return isAssignment(node) && node.operatorToken.kind === Kind.EqualsToken;
}

function assignmentOf(node: Identifier): Node {
  return wrapped(node).parent;
}

function isExported(declaration: NodeOf<"VariableDeclaration">): boolean {
  const statement = declaration.parent.parent;
  return is.VariableStatement(statement) && hasModifier(statement, Kind.ExportKeyword);
}

const isModuleMark = isOneOf("ImportDeclaration", "ExportDeclaration", "ExportAssignment");

/** At the top of a file that is no module, other files see the variable. */
function isGlobal(declaration: NodeOf<"VariableDeclaration">): boolean {
  if (!is.SourceFile(flowOwner(declaration))) return false;
  return !sourceFileOf(declaration).statements.some(
    (it) => isModuleMark(it) || hasModifier(it, Kind.ExportKeyword),
  );
}

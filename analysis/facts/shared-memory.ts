import { fact, type Program } from "../program.ts";
import {
  is,
  isAssignment,
  Kind,
  methodCall,
  type Node,
  type NodeOf,
  nameOf,
  sourceFileOf,
  textOf,
  unwrapped,
  walk,
} from "../syntax.ts";
import { calleeOf } from "./callees.ts";
import { declarationOf } from "./references.ts";
import { keyOf } from "./lock-identity.ts";

// Is memory that several threads see changed in more than one step?
//
// Shared is a typed array over a `SharedArrayBuffer` that is made where the array is, or one that its
// file uses with `Atomics`: nobody does that with private memory. Two shapes are looked for: a cell
// that is assigned what is computed from itself, and `Atomics.store` behind a look at the same cell
// by `Atomics.load`, where a condition in between decides. Other threads change the cell between the
// two steps. *May*: whether another thread writes the same cell is taken for granted, since the
// memory is shared for a reason. Views that come in as parameters or messages are known by their use
// with `Atomics` alone.

export interface Steps {
  /** The assignment or the `store`. */
  readonly write: Node;
  /** The read that it is computed from, or decided by. */
  readonly read: Node;
  /** `cells[0]`. */
  readonly cell: string;
  readonly array: Node;
  readonly index: Node;
}

/** `cells[i] = cells[i] + 1`, `cells[i] += 1`, `cells[i]++` on shared memory. */
export function updateInSteps(node: Node, program: Program): Steps | undefined {
  const target = targetOf(node);
  if (!is.ElementAccessExpression(target) || !isSharedArray(target.expression, program)) {
    return undefined;
  }
  const { expression: array, argumentExpression: index } = target;
  const cell = textOf(target);
  if (!isAssignment(node) || node.operatorToken.kind !== Kind.EqualsToken) {
    return { write: node, read: target, cell, array, index };
  }
  const read = sameCellIn(node.right, target, program);
  return read && { write: node, read, cell, array, index };
}

function targetOf(node: Node): Node | undefined {
  if (isAssignment(node)) return unwrapped(node.left);
  if (is.PostfixUnaryExpression(node)) return unwrapped(node.operand);
  const steps =
    is.PrefixUnaryExpression(node) &&
    (node.operator === Kind.PlusPlusToken || node.operator === Kind.MinusMinusToken);
  return steps ? unwrapped(node.operand) : undefined;
}

function sameCellIn(
  value: Node,
  target: NodeOf<"ElementAccessExpression">,
  program: Program,
): Node | undefined {
  const wanted = cellOf(target.expression, target.argumentExpression, program);
  let found: Node | undefined;
  const visit = (it: Node): undefined => {
    const cell = is.ElementAccessExpression(it)
      ? cellOf(it.expression, it.argumentExpression, program)
      : loadedBy(it, program);
    if (cell === wanted) found ??= it;
    return undefined;
  };
  visit(unwrapped(value));
  walk(value, visit);
  return found;
}

function cellOf(array: Node, index: Node, program: Program): string {
  return `${keyOf(array, program)}[${keyOf(index, program)}]`;
}

function loadedBy(node: Node, program: Program): string | undefined {
  const call = atomics(node);
  const [array, index] = call?.args ?? [];
  if (call?.method !== "load" || array === undefined || index === undefined) return undefined;
  return cellOf(array, index, program);
}

function atomics(node: Node) {
  const call = methodCall(node);
  return call !== undefined && nameOf(unwrapped(call.receiver)) === "Atomics" ? call : undefined;
}

/** `if (Atomics.load(cells, 0) === 0) Atomics.store(cells, 0, 1)`. */
export function storeBehindLook(node: Node, program: Program): Steps | undefined {
  const call = atomics(node);
  const [array, index] = call?.args ?? [];
  if (call?.method !== "store" || array === undefined || index === undefined) return undefined;
  const wanted = cellOf(array, index, program);
  for (let at: Node = node; !is.SourceFile(at.parent); at = at.parent) {
    const { parent } = at;
    const condition = is.IfStatement(parent)
      ? parent.expression
      : is.ConditionalExpression(parent)
        ? parent.condition
        : undefined;
    if (condition === undefined || condition === at) continue;
    let read: Node | undefined;
    const visit = (it: Node): undefined => {
      if (loadedBy(it, program) === wanted) read ??= it;
      return undefined;
    };
    visit(unwrapped(condition));
    walk(condition, visit);
    const cell = `${textOf(array)}[${textOf(index)}]`;
    if (read !== undefined) return { write: node, read, cell, array, index };
  }
  return undefined;
}

function isSharedArray(array: Node, program: Program): boolean {
  const node = unwrapped(array);
  const name = is.PropertyAccessExpression(node) ? node.name : node;
  const declaration =
    is.Identifier(name) || is.PrivateIdentifier(name) ? declarationOf(name, program) : undefined;
  const initializer =
    is.VariableDeclaration(declaration) || is.PropertyDeclaration(declaration)
      ? declaration.initializer
      : undefined;
  if (initializer !== undefined && isOverSharedBuffer(initializer, program)) return true;
  return usedWithAtomics(sourceFileOf(node), program).has(keyOf(node, program));
}

function isOverSharedBuffer(written: Node, program: Program): boolean {
  const made = unwrapped(written);
  if (!is.NewExpression(made)) return false;
  const [buffer] = made.arguments ?? [];
  const node = buffer && unwrapped(buffer);
  const view = nameOf(unwrapped(made.expression));
  if (node === undefined || view?.endsWith("Array") !== true) return false;
  if (is.NewExpression(node)) {
    return calleeOf(node, program).symbol?.name.startsWith("SharedArrayBuffer") === true;
  }
  return program.types.value(node).type?.name === "SharedArrayBuffer";
}

/** The arrays that a file hands to `Atomics`. */
const usedWithAtomics: (
  file: ReturnType<typeof sourceFileOf>,
  program: Program,
) => ReadonlySet<string> = fact((file, program) => {
  const arrays = new Set<string>();
  if (!file.text.includes("Atomics")) return arrays;
  walk(file, (it) => {
    const [array] = atomics(it)?.args ?? [];
    if (array !== undefined) arrays.add(keyOf(array, program));
    return undefined;
  });
  return arrays;
});

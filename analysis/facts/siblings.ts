import type { Program } from "../program.ts";
import {
  type CallExpression,
  declarationKeyword,
  is,
  isFunctionExpression,
  isFunctionLike,
  isOneOf,
  methodCall,
  type Node,
  nameOf,
  textOf,
  unwrapped,
  walk,
  wrapped,
} from "../syntax.ts";
import { isNamedForEnd } from "./belonging.ts";
import { mayReject } from "./summaries.ts";

// Does something that is still in use come to its end when one of several promises fails?
//
// `Promise.all` rejects with the first rejection, while the others go on. Where a `finally` or
// `catch` around it, or a `using` declaration, then ends what they use, they use it afterwards. What
// ends something is told by its name (`close`, `release`, `rollback`); what uses it, by mentioning
// it. *Must*, as far as names go: two of the promises use it, and one of them may reject.

export interface Orphaned {
  /** What is ended, as written. */
  readonly resource: string;
  /** Where it is ended. */
  readonly end: Node;
  /** What may fail first. */
  readonly failing: Node;
  /** What goes on. */
  readonly other: Node;
}

const COMBINATORS: ReadonlySet<string> = new Set(["all", "any", "race"]);

/** The promises of a combinator that outlive what they use. */
export function orphanedBy(call: CallExpression, program: Program): Orphaned | undefined {
  const combinator = methodCall(call);
  if (combinator === undefined || !COMBINATORS.has(combinator.method)) return undefined;
  if (nameOf(unwrapped(combinator.receiver)) !== "Promise") return undefined;
  if (!is.AwaitExpression(wrapped(call).parent)) return undefined;
  const [first] = combinator.args;
  const list = first && unwrapped(first);
  if (list === undefined) return undefined;
  for (const { resource, end } of endedAfter(call)) {
    const users = usersIn(list, resource);
    const failing = users.find((it) => mayReject(it, program) !== undefined);
    const other = users.find((it) => it !== failing);
    if (failing !== undefined && other !== undefined) return { resource, end, failing, other };
    const each = mappedIn(list);
    if (each !== undefined && mentions(each, resource)) {
      return { resource, end, failing: each, other: each };
    }
  }
  return undefined;
}

interface Ended {
  readonly resource: string;
  readonly end: Node;
}

/** What ends when the call has failed, the nearest first. */
function endedAfter(call: Node): readonly Ended[] {
  const ended: Ended[] = [];
  for (let from = call, at = from.parent; !isFunctionLike(at) && !is.SourceFile(at); ) {
    if (is.TryStatement(at) && at.tryBlock === from) {
      for (const block of [at.catchClause?.block, at.finallyBlock]) {
        if (block !== undefined) ended.push(...endedIn(block));
      }
    } else if (hasStatements(at)) {
      for (const statement of at.statements.slice(0, at.statements.indexOf(from))) {
        ended.push(...disposedBy(statement));
      }
    }
    from = at;
    at = at.parent;
  }
  return ended;
}

const hasStatements = isOneOf("Block", "CaseClause", "DefaultClause");

function disposedBy(statement: Node): readonly Ended[] {
  if (!is.VariableStatement(statement)) return [];
  const { declarationList } = statement;
  if (!declarationKeyword(declarationList).endsWith("using")) return [];
  return declarationList.declarations.map((end) => ({ resource: textOf(end.name), end }));
}

/** `connection.close()` and `release(connection)`. */
function endedIn(block: Node): readonly Ended[] {
  const ended: Ended[] = [];
  walk(block, (node) => {
    if (!is.CallExpression(node)) return isFunctionLike(node) ? "skip" : undefined;
    const method = methodCall(node);
    const name = method?.method ?? nameOf(unwrapped(node.expression));
    // Aborting the others is what they need, and takes nothing away from them.
    if (!isNamedForEnd(name) || /^(?:abort|cancel)/.test(name ?? "")) return undefined;
    const [only, another] = node.arguments;
    const subject = method?.receiver ?? (another === undefined ? only : undefined);
    if (subject !== undefined && isPath(unwrapped(subject))) {
      ended.push({ resource: textOf(unwrapped(subject)), end: node });
    }
    return undefined;
  });
  return ended;
}

function isPath(node: Node): boolean {
  if (is.Identifier(node)) return true;
  return is.PropertyAccessExpression(node) && is.ThisKeyword(unwrapped(node.expression));
}

/** The elements of a list written out that mention the resource. */
function usersIn(list: Node, resource: string): readonly Node[] {
  if (!is.ArrayLiteralExpression(list)) return [];
  return list.elements.filter((it) => !is.SpreadElement(it) && mentions(it, resource));
}

/** The function that is called for each element of a list. */
function mappedIn(list: Node): Node | undefined {
  const method = methodCall(list);
  const [first] = method?.args ?? [];
  const callback = first && unwrapped(first);
  return method?.method === "map" && isFunctionExpression(callback) ? callback : undefined;
}

/** `round.signal`, `round.abort()`: the siblings are told, and use nothing of it. */
function isOfController(node: Node): boolean {
  const { parent } = node;
  return (
    is.PropertyAccessExpression(parent) &&
    parent.expression === node &&
    /^(?:signal|abort|aborted)$/.test(parent.name.text)
  );
}

function mentions(node: Node, resource: string): boolean {
  let found = false;
  const isIt = (it: Node) =>
    (is.Identifier(it) || is.PropertyAccessExpression(it)) &&
    textOf(it) === resource &&
    !isOfController(it);
  walk(node, (it) => {
    found ||= isIt(it);
    return found ? "skip" : undefined;
  });
  return found || isIt(node);
}

import {
  ancestor,
  is,
  isFunctionLike,
  isInside,
  type Node,
  nameOf,
  unwrapped,
  walk,
} from "../syntax.ts";

// Which conditions around a node rest on a call?
//
// From syntax: the call stands in the condition of an `if` or `?:` that the node is in a branch of, or
// in the value of a constant that such a condition mentions. A branch that leaves early is seen where
// the node comes behind it in the same list of statements. A `try` with nothing but the call in it is a
// condition as well: its `catch` is for when there is no such file.

/** The conditions that decide about the node and mention what the call gave. */
export function conditionsBehind(call: Node, node: Node): readonly Node[] {
  const holder = ancestor(call, is.VariableDeclaration);
  const name = holder !== undefined && isInside(call, holder) ? nameOf(holder.name) : undefined;
  const found: Node[] = [];
  for (let at = node; !isFunctionLike(at) && !is.SourceFile(at); at = at.parent) {
    const { parent } = at;
    const condition =
      is.IfStatement(parent) && parent.expression !== at
        ? parent.expression
        : is.ConditionalExpression(parent) && parent.condition !== at
          ? parent.condition
          : undefined;
    if (condition !== undefined && restsOn(condition, call, name)) found.push(condition);
    if (!is.Block(parent) && !is.SourceFile(parent)) continue;
    for (const statement of parent.statements) {
      if (statement.pos >= at.pos) break;
      if (!is.IfStatement(statement) || !leaves(statement.thenStatement)) continue;
      if (restsOn(statement.expression, call, name)) found.push(statement.expression);
    }
  }
  return found;
}

/** Whether the node is in a `catch` that is there for a failure of the call alone. */
export function isWhereItFails(call: Node, node: Node): boolean {
  const clause = ancestor(node, is.CatchClause);
  const tried = clause?.parent;
  const [only, another] = is.TryStatement(tried) ? tried.tryBlock.statements : [];
  return only !== undefined && another === undefined && isInside(call, only);
}

function restsOn(condition: Node, call: Node, name: string | undefined): boolean {
  if (isInside(call, condition)) return true;
  if (name === undefined) return false;
  let found = nameOf(unwrapped(condition)) === name;
  walk(condition, (it) => {
    found ||= is.Identifier(it) && it.text === name;
    return found ? "skip" : undefined;
  });
  return found;
}

function leaves(statement: Node): boolean {
  if (is.ReturnStatement(statement) || is.ThrowStatement(statement)) return true;
  const last = is.Block(statement) ? statement.statements.at(-1) : undefined;
  return is.ReturnStatement(last) || is.ThrowStatement(last);
}

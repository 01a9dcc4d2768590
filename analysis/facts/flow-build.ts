import {
  declarationKeyword,
  is,
  isAsync,
  isClassLike,
  isFunctionLike,
  isGenerator,
  isLoop,
  type Node,
  type NodeOf,
} from "../syntax.ts";
import { cleanup, join, jumpIn, openJoin, Points, type Scope } from "./flow-builder.ts";
import { classes, condition, expression, pattern, sequence } from "./flow-expressions.ts";
import type { FlowOwner, Graph, Point } from "./flow-graph.ts";

/** The graph of a body; see facts/flow.ts for what it says and what it leaves out. */
export function buildGraph(owner: FlowOwner): Graph {
  const points = new Points();
  const [returned, thrown, ended] = [join([], "returned"), join([], "thrown"), join([], "ended")];
  const scope: Scope = { kind: "owner", returned, thrown };
  const builder = new Statements(points);
  return {
    owner,
    entry: entryOf(owner, builder, scope, { returned, ended }),
    returned,
    thrown,
    ended,
    pointsOf: (node) => points.of(node),
    points: points.all,
  };
}

function entryOf(
  owner: FlowOwner,
  builder: Statements,
  scope: Scope,
  { returned, ended }: { readonly returned: Point; readonly ended: Point },
): Point {
  const { points } = builder;
  if (is.SourceFile(owner)) return builder.list(owner.statements, ended, scope);
  if (is.ClassStaticBlockDeclaration(owner)) return builder.statement(owner.body, ended, scope);
  if (is.PropertyDeclaration(owner)) {
    return sequence([owner.initializer], returned, scope, points);
  }
  let entry = ended;
  if (is.Block(owner.body)) entry = builder.statement(owner.body, ended, scope);
  else if (owner.body !== undefined) entry = expression(owner.body, returned, scope, points);
  for (const parameter of owner.parameters.toReversed()) {
    const bound = points.add(parameter, [entry], scope);
    const named = pattern(parameter.name, bound, scope, points);
    entry =
      parameter.initializer === undefined
        ? named
        : join([expression(parameter.initializer, named, scope, points), named]);
  }
  return entry;
}

class Statements {
  readonly points: Points;

  constructor(points: Points) {
    this.points = points;
  }

  /** A list of statements; what comes after a `using` declaration is left through its disposal. */
  list(statements: readonly Node[], next: Point, scope: Scope): Point {
    let entry = this.from(0, statements, next, scope);
    for (const it of statements.toReversed()) {
      if (is.FunctionDeclaration(it)) entry = this.points.add(it, [entry], scope);
    }
    return entry;
  }

  statement(node: Node, next: Point, scope: Scope, labels: readonly string[] = []): Point {
    const { points } = this;
    if (is.Block(node) || is.ModuleBlock(node)) return this.list(node.statements, next, scope);
    if (is.ExpressionStatement(node)) return expression(node.expression, next, scope, points);
    if (is.VariableStatement(node)) return this.declarations(node.declarationList, next, scope);
    if (is.IfStatement(node)) {
      const { elseStatement } = node;
      const yes = this.statement(node.thenStatement, next, scope);
      const no = elseStatement === undefined ? next : this.statement(elseStatement, next, scope);
      return condition(node.expression, yes, no, scope, points);
    }
    if (is.ReturnStatement(node)) return this.returning(node, scope);
    if (is.ThrowStatement(node)) {
      const own = points.add(node, [], scope, { raises: "throw" });
      return expression(node.expression, own, scope, points);
    }
    if (is.BreakStatement(node) || is.ContinueStatement(node)) {
      const jump = is.BreakStatement(node) ? "break" : "continue";
      const target = jumpIn(scope, jump, node.label?.text) ?? next;
      return points.add(node, [target], scope);
    }
    if (is.TryStatement(node)) return this.tries(node, next, scope);
    if (is.SwitchStatement(node)) return this.switches(node, next, scope, labels);
    if (is.LabeledStatement(node)) return this.labelled(node, next, scope, labels);
    if (isLoop(node)) return this.loop(node, next, scope, labels);
    if (isClassLike(node)) return classes(node, points.add(node, [next], scope), scope, points);
    if (is.ExportAssignment(node)) return expression(node.expression, next, scope, points);
    if (is.ModuleDeclaration(node) && node.body !== undefined) {
      return this.statement(node.body, next, scope);
    }
    return next;
  }

  private from(index: number, statements: readonly Node[], next: Point, scope: Scope): Point {
    const using = statements.findIndex((it, at) => index <= at && isUsing(it));
    const end = using < 0 ? statements.length : using;
    let entry = next;
    const statement = statements[using];
    if (is.VariableStatement(statement)) {
      const rest = (point: Point, inner: Scope) => this.from(using + 1, statements, point, inner);
      entry = this.using(statement.declarationList, 0, next, scope, rest);
    }
    for (let at = end - 1; index <= at; at -= 1) {
      const it = statements[at];
      if (it !== undefined) entry = this.statement(it, entry, scope);
    }
    return entry;
  }

  /** Declares resources one after the other; what follows runs inside all of them. */
  private using(
    list: NodeOf<"VariableDeclarationList">,
    index: number,
    next: Point,
    scope: Scope,
    rest: (next: Point, scope: Scope) => Point,
  ): Point {
    const declaration = list.declarations[index];
    if (declaration === undefined) return rest(next, scope);
    const suspends = declarationKeyword(list) === "await using";
    const disposal = cleanup(scope, (target) =>
      this.points.add(declaration, [target], scope, {
        role: "dispose",
        suspends,
        raises: suspends ? "await" : "call",
      }),
    );
    const inner = this.using(list, index + 1, disposal.enter(next), disposal, rest);
    return this.declaration(declaration, inner, scope);
  }

  private declarations(list: NodeOf<"VariableDeclarationList">, next: Point, scope: Scope): Point {
    let entry = next;
    for (const it of list.declarations.toReversed()) entry = this.declaration(it, entry, scope);
    return entry;
  }

  private declaration(node: NodeOf<"VariableDeclaration">, next: Point, scope: Scope): Point {
    const bound = this.points.add(node, [next], scope);
    const named = pattern(node.name, bound, scope, this.points);
    return sequence([node.initializer], named, scope, this.points);
  }

  /** An async generator awaits what it returns. */
  private returning(node: NodeOf<"ReturnStatement">, scope: Scope): Point {
    const target = jumpIn(scope, "return");
    const awaits = node.expression !== undefined && isInAsyncGenerator(node);
    const own = this.points.add(node, target === undefined ? [] : [target], scope, {
      suspends: awaits,
      ...(awaits ? { raises: "await" } : {}),
    });
    return sequence([node.expression], own, scope, this.points);
  }

  private tries(node: NodeOf<"TryStatement">, next: Point, scope: Scope): Point {
    const { tryBlock, catchClause, finallyBlock } = node;
    if (finallyBlock === undefined) return this.guarded(tryBlock, catchClause, next, scope);
    const outer = cleanup(scope, (target) => this.statement(finallyBlock, target, scope));
    return this.guarded(tryBlock, catchClause, outer.enter(next), outer);
  }

  private guarded(
    block: Node,
    clause: NodeOf<"CatchClause"> | undefined,
    next: Point,
    outer: Scope,
  ): Point {
    if (clause === undefined) return this.statement(block, next, outer);
    const caught = this.statement(clause.block, next, outer);
    const bound = pattern(clause.variableDeclaration?.name, caught, outer, this.points);
    const entry = this.points.add(clause, [bound], outer);
    return this.statement(block, next, { kind: "catch", entry, outer });
  }

  private switches(
    node: NodeOf<"SwitchStatement">,
    next: Point,
    outer: Scope,
    labels: readonly string[],
  ): Point {
    const scope: Scope = { kind: "target", labels, breaks: next, outer };
    const { clauses } = node.caseBlock;
    const bodies: Point[] = [];
    let entry = next;
    for (const clause of clauses.toReversed()) {
      entry = this.list(clause.statements, entry, scope);
      bodies.unshift(entry);
    }
    let test = bodies[clauses.findIndex((it) => is.DefaultClause(it))] ?? next;
    for (const [at, clause] of [...clauses.entries()].toReversed()) {
      if (!is.CaseClause(clause)) continue;
      test = expression(clause.expression, join([bodies[at] ?? next, test]), outer, this.points);
    }
    return expression(node.expression, test, outer, this.points);
  }

  private labelled(
    node: NodeOf<"LabeledStatement">,
    next: Point,
    outer: Scope,
    labels: readonly string[],
  ): Point {
    const all = [...labels, node.label.text];
    const { statement } = node;
    if (isLoop(statement) || is.LabeledStatement(statement)) {
      return this.statement(statement, next, outer, all);
    }
    const scope: Scope = { kind: "target", labels: all, labelled: true, breaks: next, outer };
    return this.statement(statement, next, scope, all);
  }

  private loop(node: Node, next: Point, outer: Scope, labels: readonly string[]): Point {
    const { points } = this;
    const head = openJoin();
    const leaving: Scope = { kind: "target", labels, breaks: next, outer };
    const again = (continues: Point, scope: Scope = leaving): Scope => ({
      kind: "target",
      labels,
      continues,
      outer: scope,
    });

    if (is.WhileStatement(node)) {
      const body = this.statement(node.statement, head.point, again(head.point));
      head.lead(condition(node.expression, body, next, outer, points));
      return head.point;
    }
    if (is.DoStatement(node)) {
      const test = condition(node.expression, head.point, next, outer, points);
      head.lead(this.statement(node.statement, test, again(test)));
      return head.point;
    }
    if (is.ForStatement(node)) {
      const step = sequence([node.incrementor], head.point, outer, points);
      const body = this.statement(node.statement, step, again(step));
      const { condition: test, initializer } = node;
      head.lead(test === undefined ? body : condition(test, body, next, outer, points));
      if (!is.VariableDeclarationList(initializer)) {
        return sequence([initializer], head.point, outer, points);
      }
      return this.declarations(initializer, head.point, outer);
    }
    if (!is.ForOfStatement(node) && !is.ForInStatement(node)) return next;

    const waits = is.ForOfStatement(node) && node.awaitModifier !== undefined;
    const close = (target: Point) =>
      points.add(node, [target], outer, { role: "close", suspends: true, raises: "await" });
    const inside = again(head.point, waits ? cleanup(leaving, close) : leaving);
    const body = this.element(node, head.point, inside);
    const step = points.add(node, [body, next], outer, {
      role: "step",
      suspends: waits,
      ...(waits ? { raises: "await" } : {}),
    });
    head.lead(step);
    return expression(node.expression, step, outer, points);
  }

  /** Binds the element of a `for … of` or `for … in` loop and runs the body. */
  private element(
    node: NodeOf<"ForOfStatement"> | NodeOf<"ForInStatement">,
    next: Point,
    scope: Scope,
  ): Point {
    const { initializer, statement } = node;
    if (!is.VariableDeclarationList(initializer)) {
      return pattern(initializer, this.statement(statement, next, scope), scope, this.points);
    }
    if (isUsingList(initializer)) {
      return this.using(initializer, 0, next, scope, (point, inner) =>
        this.statement(statement, point, inner),
      );
    }
    return this.declarations(initializer, this.statement(statement, next, scope), scope);
  }
}

function isUsing(node: Node): boolean {
  return is.VariableStatement(node) && isUsingList(node.declarationList);
}

function isUsingList(list: NodeOf<"VariableDeclarationList">): boolean {
  return declarationKeyword(list).endsWith("using");
}

function isInAsyncGenerator(node: Node): boolean {
  let at = node.parent;
  while (!isFunctionLike(at) && !is.SourceFile(at)) at = at.parent;
  return isFunctionLike(at) && isAsync(at) && isGenerator(at);
}

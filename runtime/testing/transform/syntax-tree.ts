import type { Point } from "./points.ts";

/**
 * The gates of a file that a host has parsed, as ESTree or as Babel writes it. The same places that
 * `pointsOf` finds in plain JavaScript, but TypeScript and JSX are no obstacle.
 */
export function pointsOfTree(program: unknown, code: string): readonly Point[] {
  const points: Point[] = [];
  // A stack of its own: a chain of a few thousand calls would exceed the engine's.
  const open: { readonly node: unknown; readonly generator: boolean; readonly loop: boolean }[] = [
    { node: program, generator: false, loop: false },
  ];
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const { node } = entry;
    if (typeof node !== "object" || node === null) continue;
    const type = text(node, "type");
    const generator =
      type.includes("Function") || type.endsWith("Method")
        ? field(node, "async") === true && field(node, "generator") === true
        : entry.generator;
    const point = pointOf(node, code, generator, entry.loop);
    if (point !== undefined) points.push(point);
    const loop = type.startsWith("For");
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== "object" || value === null || key === "loc" || key === "tokens")
        continue;
      const isHead = loop && (key === "left" || key === "init");
      for (const child of Array.isArray(value) ? value : [value]) {
        open.push({ node: child, generator, loop: isHead });
      }
    }
  }
  return points.toSorted((a, b) => a.at - b.at);
}

function pointOf(node: object, code: string, generator: boolean, loop: boolean): Point | undefined {
  const at = number(node, "start");
  switch (text(node, "type")) {
    case "AwaitExpression":
      return wrap("await", at, field(node, "argument"));
    case "YieldExpression":
      if (!generator) return undefined;
      return wrap(
        field(node, "delegate") === true ? "iterate" : "await",
        at,
        field(node, "argument"),
      );
    case "ForOfStatement":
      if (field(node, "await") !== true) return undefined;
      return wrap("iterate", code.indexOf("await", at), field(node, "right"));
    case "VariableDeclaration": {
      if (field(node, "kind") !== "await using" || loop) return undefined;
      const list = field(node, "declarations");
      const first: unknown = Array.isArray(list) ? list[0] : undefined;
      const start = number(first, "start");
      return { kind: "dispose", at, start, end: start, sequence: false };
    }
    default:
      return undefined;
  }
}

function wrap(kind: Point["kind"], at: number, operand: unknown): Point | undefined {
  if (typeof operand !== "object" || operand === null) return undefined;
  const sequence = text(operand, "type") === "SequenceExpression";
  return { kind, at, start: number(operand, "start"), end: number(operand, "end"), sequence };
}

function field(node: unknown, name: string): unknown {
  return typeof node === "object" && node !== null ? Reflect.get(node, name) : undefined;
}

function text(node: unknown, name: string): string {
  const value = field(node, name);
  return typeof value === "string" ? value : "";
}

function number(node: unknown, name: string): number {
  const value = field(node, name);
  return typeof value === "number" ? value : -1;
}

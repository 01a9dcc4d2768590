import type { Condition, Rule } from "./rule.ts";
import { hasModifier, isOneOf, Kind, type Node, unwrapped } from "./syntax.ts";

export interface Interested {
  readonly rule: Rule;
  meets(node: Node): boolean;
}

const NOBODY: readonly Interested[] = [];

/** Turns what the rules declare into one table from node kind to the rules that want to see it. */
export function compileInterest(rules: readonly Rule[]): (kind: number) => readonly Interested[] {
  const table: Interested[][] = [];
  for (const rule of rules) {
    const conditions = (rule.on.where ?? []).map(compileCondition);
    const meets = (node: Node) => conditions.every((holds) => holds(node));
    for (const name of rule.on.kinds) {
      const row = (table[Kind[name]] ??= []);
      row.push({ rule, meets });
    }
  }
  return (kind) => table[kind] ?? NOBODY;
}

function compileCondition(condition: Condition): (node: Node) => boolean {
  if ("modifier" in condition) {
    const kind = Kind[condition.modifier];
    return (node) => hasModifier(node, kind);
  }
  const { child } = condition;
  if ("present" in condition) {
    return (node) => (childOf(node, child) !== undefined) === condition.present;
  }
  if ("kinds" in condition) {
    const wanted = isOneOf(...condition.kinds);
    return (node) => {
      const it = childOf(node, child);
      return it !== undefined && wanted(unwrapped(it));
    };
  }
  const unwanted = isOneOf(...condition.notKinds);
  return (node) => {
    const it = childOf(node, child);
    return it === undefined || !unwanted(unwrapped(it));
  };
}

/** The one place where a child is read by a name that is data. */
function childOf(node: Node, child: string): Node | undefined {
  const it: unknown = Reflect.get(node, child);
  // Sound for the names of `ChildName` that conditions may use: they hold a node or nothing.
  return it === undefined ? undefined : (it as Node);
}

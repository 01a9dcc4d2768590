import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import type { Report } from "../analysis/report.ts";
import type { Rule } from "../analysis/rule.ts";
import type { NeighbourReport } from "./protocol.ts";
import { record } from "./settings.ts";

/**
 * What other linters report, as far as the client says so, in order that people are not told the same
 * thing twice. Only a report on the same line counts: that a rule of another tool is on does not mean
 * that it finds what ours does.
 */
export class Neighbours {
  private readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly byPath = new Map<string, readonly NeighbourReport[]>();

  constructor(rules: readonly Rule[]) {
    this.names = new Map(
      rules.map(({ id, equivalents }) => [id, new Set(equivalents.map(nameOfRule))]),
    );
  }

  /** Another list whenever it is something else. */
  of(path: string): readonly NeighbourReport[] | undefined {
    return this.byPath.get(path);
  }

  /** Gives whether that is news. */
  note(path: string, given: unknown): boolean {
    const all: readonly unknown[] = Array.isArray(given) ? given : [];
    const known = new Set([...this.names.values()].flatMap((it) => [...it]));
    const reports = all.flatMap(reportOf).filter((it) => known.has(nameOfRule(it.code)));
    if (JSON.stringify(reports) === JSON.stringify(this.byPath.get(path) ?? [])) return false;
    if (reports.length === 0) this.byPath.delete(path);
    else this.byPath.set(path, reports);
    return true;
  }

  /** Lines move as somebody types; the other linters say later where they are. */
  move(path: string, changes: readonly TextDocumentContentChangeEvent[]): void {
    let reports = this.byPath.get(path);
    if (reports === undefined) return;
    for (const change of changes) {
      if (!("range" in change)) continue;
      const { start, end } = change.range;
      const moved = change.text.split("\n").length - 1 - (end.line - start.line);
      if (moved === 0) continue;
      reports = reports.map((it) =>
        it.line < end.line || (it.line === end.line && 0 < end.character)
          ? it
          : { ...it, line: it.line + moved },
      );
    }
    this.byPath.set(path, reports);
  }

  /** Who else reports the finding; undefined: nobody. */
  reporterOf({ rule, file }: Report, line: number): string | undefined {
    const names = this.names.get(rule);
    return this.byPath
      .get(file)
      ?.find((it) => it.line === line && names?.has(nameOfRule(it.code)) === true)?.source;
  }
}

/**
 * The name of a rule without the tool that it is part of: `no-floating-promises` of
 * `@typescript-eslint/no-floating-promises`, `typescript-eslint(no-floating-promises)` and
 * `lint/nursery/noFloatingPromises`.
 */
export function nameOfRule(code: string): string {
  const name = /([\w-]+)\)?$/.exec(code)?.[1] ?? code;
  return name.replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`);
}

function reportOf(value: unknown): NeighbourReport[] {
  const { code, source, line } = record(value);
  const isOne = typeof code === "string" && typeof source === "string" && typeof line === "number";
  return isOne ? [{ code, source, line }] : [];
}

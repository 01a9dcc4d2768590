import type { Diagnostic } from "vscode-languageserver";
import type { Report } from "../analysis/report.ts";
import type { FileResult } from "../analysis/run.ts";
import { diagnosticOf, type Wording } from "./convert.ts";

/** What the client is told about a file. */
export interface Entry {
  readonly path: string;
  readonly uri: string;
  /** The same as long as the client would be told the same. */
  readonly id: string;
  readonly diagnostics: readonly Diagnostic[];
  /** What the diagnostics are about, one for one. */
  readonly findings: readonly Report[];
  /** Findings that are left to another tool. They are explained and repaired all the same. */
  readonly left: readonly LeftReport[];
}

export interface LeftReport {
  readonly report: Report;
  readonly to: string;
}

/** All that was found in the file, whoever reports it, in the order of the text. */
export function allFound({ findings, left }: Entry): readonly Report[] {
  if (left.length === 0) return findings;
  const all = [...findings, ...left.map((it) => it.report)];
  return all.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

interface Known {
  readonly result: FileResult;
  readonly neighbours: unknown;
  readonly entry: Entry;
  readonly text: string;
}

/** Diagnostics by file. An id outlives an analysis that finds the same again. */
export class Results {
  /** So that ids of a server that was killed mean nothing to the next one. */
  private readonly prefix = `${Date.now().toString(36)}-${process.pid.toString(36)}`;
  private readonly known = new Map<string, Known>();
  private count = 0;

  entryOf(result: FileResult, wording: Wording): Entry {
    const { file: path, findings } = result;
    const known = this.known.get(path);
    const neighbours = wording.neighbours?.of(path);
    if (known?.result === result && known.neighbours === neighbours) return known.entry;

    const uri = wording.places.uriOf(path);
    const shown: Report[] = [];
    const left: LeftReport[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const finding of findings) {
      const diagnostic = diagnosticOf(finding, wording);
      if (diagnostic === undefined) continue;
      const to = neighbours && wording.neighbours?.reporterOf(finding, diagnostic.range.start.line);
      if (to !== undefined) {
        left.push({ report: finding, to });
        continue;
      }
      shown.push(finding);
      diagnostics.push(diagnostic);
    }
    const text = JSON.stringify([uri, diagnostics]);
    const id = known?.text === text ? known.entry.id : this.nextId();
    const entry = { path, uri, id, diagnostics, findings: shown, left };
    this.known.set(path, { result, neighbours, entry, text });
    return entry;
  }

  /** What was last said about a file. */
  last(path: string): Entry | undefined {
    return this.known.get(path)?.entry;
  }

  /** Keeps only what is still wanted. */
  keep(wanted: ReadonlySet<string>): void {
    for (const path of this.known.keys()) if (!wanted.has(path)) this.known.delete(path);
  }

  /** After a change of how findings are worded. */
  clear(): void {
    this.known.clear();
  }

  private nextId(): string {
    this.count += 1;
    return `${this.prefix}-${this.count}`;
  }
}

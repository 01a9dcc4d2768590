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
}

interface Known {
  readonly result: FileResult;
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
    if (known?.result === result) return known.entry;

    const uri = wording.places.uriOf(path);
    const shown: Report[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const finding of findings) {
      const diagnostic = diagnosticOf(finding, wording);
      if (diagnostic === undefined) continue;
      shown.push(finding);
      diagnostics.push(diagnostic);
    }
    const text = JSON.stringify([uri, diagnostics]);
    const id = known?.text === text ? known.entry.id : this.nextId();
    const entry = { path, uri, id, diagnostics, findings: shown };
    this.known.set(path, { result, entry, text });
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

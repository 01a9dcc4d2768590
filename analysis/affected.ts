import type { EngineSnapshot } from "./engine/type-engine.ts";
import { surfaceOf } from "./surface.ts";

// Which findings may differ after a change?
//
// A *may* question: a file that is named needlessly costs time, one that is left out keeps a wrong
// finding. A file's findings depend on its text, on the types that it sees, and on what facts say
// about the functions that it uses; settings, options and models are not changed here.
//
// Types. A file sees the surface (surface.ts) of what it imports, and what shows through that: when
// `order` imports `cart` and mentions it in its own surface, whoever imports `order` sees `cart` as
// well; when `order` mentions `cart` in hidden bodies only, nobody does. So a changed surface goes
// to all importers, and on from those that expose it. Files that are global are seen by everybody.
//
// Facts. A summary such as "may reject" comes from a body, which no surface contains. So it is kept
// which files' questions led into which other files (trail.ts); whoever gets to an affected file on such
// a way, however long, is in doubt, and looks whether he is told the same as before.
//
// Files that appear or disappear change where imports lead; a file whose imports lead elsewhere
// counts as changed itself.
//
// Blind spots: nothing below node_modules is taken to change, except that a changed tree there
// affects everything; a fact that remembers without `answering`, or finds nodes without `resolve`
// or `handedOver`, is not seen. What was tried before: following every import transitively, which in a layered
// program names half of it for each new parameter; and noting for each checked file what was looked
// at meanwhile, which is too little, since the second who asks is handed the answer of the first.

export interface Before {
  readonly types: EngineSnapshot;
  readonly imports: ImportGraph;
}

/** From files to files. */
export type Graph<T = unknown> = ReadonlyMap<string, ReadonlyMap<string, T>>;

/** The project's own files and what each imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

export function importGraph(types: EngineSnapshot, roots: readonly string[]): ImportGraph {
  const graph = new Map<string, readonly string[]>();
  const waiting = [...roots];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (graph.has(path) || !types.isOwn(path)) continue;
    const imported = types.importsOf(path);
    graph.set(path, imported);
    waiting.push(...imported);
  }
  return graph;
}

/** Whether the graph is as it was, which most edits leave it: it costs a look at each file. */
export function importsAlike(
  { types: old, imports }: Before,
  types: EngineSnapshot,
  changed: readonly string[],
): boolean {
  if (types.resolution === undefined || old.resolution !== types.resolution) return false;
  return changed.every((path) => {
    const before = imports.get(path);
    return before !== undefined && sameList(before, types.importsOf(path));
  });
}

/** What may differ for whoever asked for these files, the changed ones first. */
export interface Affected {
  /** Those whose findings may differ. */
  readonly findings: readonly string[];
  /** Those of them in which the compiler may see other types, and so have more to say, or less. */
  readonly types: readonly string[];
}

/** How far a change reaches. */
export interface Reach {
  /** Those whose text or types are not what they were, the changed ones first. */
  readonly differ: ReadonlySet<string>;
  /** Those of them where the same text may have other types. */
  readonly recast: ReadonlySet<string>;
  /** Those that rest on answers about one of these, or about one that does. */
  readonly doubted: ReadonlySet<string>;
}

/** "all" where everything may differ. `trail` says into which files the questions about a file led. */
export function affectedBy(
  changed: readonly string[],
  before: Before,
  after: Before,
  trail: Graph,
): Reach | "all" {
  const differ = new Set<string>();
  const recast = new Set<string>();
  const changedSurfaces = new Set<string>();

  for (const path of [...changed, ...redirected(before.imports, after.imports)]) {
    const old = before.types.file(path);
    const now = after.types.file(path);
    if (old === undefined && now === undefined) continue;
    if (!before.imports.has(path) && !after.imports.has(path)) return "all";
    differ.add(path);
    const was = old && surfaceOf(old);
    const is = now && surfaceOf(now);
    // What the file declares globally may be the same though its importers see it for the first time.
    const leadsElsewhere = old === now;
    if (leadsElsewhere || was?.imports !== is?.imports) recast.add(path);
    if (!leadsElsewhere && was?.text === is?.text) continue;
    if (was?.isGlobal || is?.isGlobal) return "all";
    changedSurfaces.add(path);
  }
  for (const path of onlyInOne(before.imports, after.imports)) {
    const file = before.types.file(path) ?? after.types.file(path);
    if (file !== undefined && surfaceOf(file).isGlobal) return "all";
  }

  // Most edits are in bodies, and need no look at who imports whom.
  const importers = 0 < changedSurfaces.size ? reversed(after.imports) : undefined;
  for (const path of changedSurfaces) {
    recast.add(path);
    for (const importer of importers?.get(path) ?? []) {
      recast.add(importer);
      const file = after.types.file(importer);
      if (file === undefined) continue;
      const { exposing, isGlobal } = surfaceOf(file);
      const shows = 0 < exposing.size && after.types.importsOf(importer, exposing).includes(path);
      if (shows && isGlobal) return "all";
      // A set that grows while it is walked is walked to its new end.
      if (shows) changedSurfaces.add(importer);
    }
  }
  for (const it of recast) differ.add(it);
  return { differ, recast, doubted: askersOf(differ, trail) };
}

/** Whoever asked about one of the files, or about one who did; without these files. */
function askersOf(files: ReadonlySet<string>, trail: Graph): ReadonlySet<string> {
  const found = new Set(files);
  // Turning the trail round takes longer than looking for a few files on it.
  const few = [...files];
  if (few.length <= FEW && !isAskedAbout(few, trail)) return new Set();
  const askers = reversed([...trail].map(([asker, targets]) => [asker, targets.keys()] as const));
  for (const path of found) {
    for (const asker of askers.get(path) ?? []) found.add(asker);
  }
  for (const it of files) found.delete(it);
  return found;
}

const FEW = 8;

function isAskedAbout(files: readonly string[], trail: Graph): boolean {
  for (const [asker, targets] of trail) {
    if (files.some((it) => it !== asker && targets.has(it))) return true;
  }
  return false;
}

/** The files whose own text may be the same while an import of theirs leads elsewhere. */
function redirected(before: ImportGraph, after: ImportGraph): readonly string[] {
  if (before === after) return [];
  const files: string[] = [];
  for (const [path, now] of after) {
    const old = before.get(path);
    if (old === undefined || old === now) continue;
    if (!sameList(old, now)) files.push(path);
  }
  return files;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((it, index) => it === b[index]);
}

function onlyInOne(before: ImportGraph, after: ImportGraph): readonly string[] {
  if (before === after) return [];
  return [
    ...[...before.keys()].filter((it) => !after.has(it)),
    ...[...after.keys()].filter((it) => !before.has(it)),
  ];
}

function reversed(
  graph: Iterable<readonly [string, Iterable<string>]>,
): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, string[]>();
  for (const [path, targets] of graph) {
    for (const it of targets) {
      const known = sources.get(it);
      if (known === undefined) sources.set(it, [path]);
      else known.push(path);
    }
  }
  return sources;
}

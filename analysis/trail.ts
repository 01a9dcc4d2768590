import type { Graph, Reach } from "./affected.ts";
import { type Again, GONE, kept, nodePrint, printOf } from "./prints.ts";
import type { Program } from "./program.ts";
import { type Node, sourceFileOf } from "./syntax.ts";

// What do the answers about a file rest on in other files, and do they still hold?
//
// While a fact about a node of one file is computed, it asks about nodes of other files. Such a question is
// noted with its answer, for the file that was asked about and not for who happened to ask first, since
// answers are shared. After a change, everybody who can be led to a changed file is in doubt. Who is in
// doubt puts his noted questions again, to files that were changed or whose own answers have not held;
// when all answers are what they were, he is as he was, and nobody who asked him need look further. That
// is how most edits of a body end at the functions that call it. (Salsa's red and green, by Matsakis and
// others for rust-analyzer, with files for inputs and questions that cross files for queries.)
//
// What has been read without a question is covered by the print of the node that was handed over
// (prints.ts): all that others see of its file, and the whole function that it is or lies in. Whoever goes
// from there to another function, by way of its class, says so (`handedOver`) or asks a fact about it;
// test/analysis/incremental-services.test.ts holds facts and rules to that.

/** What can be asked again. */
export interface Question {
  readonly id: number;
  ask(node: Node, more: unknown, program: Program): unknown;
}

/** A question to another file. */
export interface Crossing {
  readonly question: Question;
  readonly node: Again;
  readonly more: Again;
  /** Of the answer; undefined where none can be made. */
  readonly print: string | undefined;
  /** When the answer was last known to be this one. */
  readonly at: number;
}

/** From files to files, by what tells questions apart. */
type Crossings = Map<string, Map<string, Map<string, Crossing>>>;

/** A question that was put since the last sealing, in the present state of the program. */
type Asked = Map<Question, Map<Node, Map<string, unknown>>>;

export class Trail {
  /** The files that the questions being answered are about, the innermost last. */
  private readonly about: string[] = [];
  private asked = new Map<string, Asked>();
  private rests: Crossings = new Map();
  private isComplete = true;
  private doubted = new Set<string>();
  private readonly settling = new Set<string>();
  /** Counts changes. */
  private now = 0;
  private changed = new Map<string, number>();
  private typesChanged = new Map<string, number>();

  enter(node: Node): void {
    this.about.push(sourceFileOf(node).fileName);
  }

  leave(): void {
    this.about.pop();
  }

  note(question: Question, node: Node, key = "", more?: unknown): void {
    const from = this.about.at(-1);
    if (from === undefined || from === sourceFileOf(node).fileName) return;
    mapIn(mapIn(mapIn(this.asked, from), question), node).set(key, more);
  }

  /** The file that the innermost question is about. */
  get asking(): string | undefined {
    return this.about.at(-1);
  }

  /** Which files' answers rest on which others, and on what there. */
  get into(): Graph<ReadonlyMap<string, Crossing>> {
    return this.rests;
  }

  /**
   * Keeps what was asked beyond the present state of the program. To be called before it changes. Says whether that is
   * all that was asked.
   */
  seal(program: Program): boolean {
    // Asking for the answers may lead to more questions.
    while (this.asked.size > 0) {
      const asked = this.asked;
      this.asked = new Map();
      for (const [from, questions] of asked) {
        for (const [question, nodes] of questions) {
          for (const [node, keys] of nodes) {
            for (const [key, more] of keys) this.keep(from, { question, node, key, more }, program);
          }
        }
      }
    }
    return this.isComplete;
  }

  /** Lets go of the present state of the program, and of what was asked in it. */
  abandon(): void {
    if (this.asked.size > 0) this.isComplete = false;
    this.asked.clear();
  }

  private keep(
    from: string,
    { question, node, key, more }: { question: Question; node: Node; key: string; more: unknown },
    program: Program,
  ): void {
    const to = sourceFileOf(node).fileName;
    if (!program.types.isOwn(to)) return;
    const print = printOf(question.ask(node, more, program), program, this.typesOf);
    const name = `${String(question.id)} ${nodePrint(node, program, this.typesOf)} ${key}`;
    const crossings = mapIn(mapIn(this.rests, from), to);
    const before = crossings.get(name);
    // Others may have got answers that rested on the former one.
    const isOther = before !== undefined && (print === undefined || before.print !== print);
    if (isOther && before.at !== this.now) this.changed.set(from, this.now);
    const again = { node: kept(node, program), more: kept(more, program) };
    crossings.set(name, { question, ...again, print, at: this.now });
  }

  /** Takes in a change of the program. */
  change({ differ, recast, doubted }: Reach): void {
    this.now += 1;
    for (const it of doubted) this.doubted.add(it);
    for (const it of differ) {
      this.changed.set(it, this.now);
      this.rests.delete(it);
      this.doubted.delete(it);
    }
    for (const it of recast) this.typesChanged.set(it, this.now);
  }

  clear(): void {
    this.now += 1;
    this.asked.clear();
    this.rests.clear();
    this.doubted.clear();
    this.isComplete = true;
  }

  /** All that is noted by now, and a way back to it. To be called after `seal`. */
  remember(): () => void {
    const { isComplete } = this;
    const rests = copyOfCrossings(this.rests);
    const doubted = new Set(this.doubted);
    const changed = new Map(this.changed);
    const typesChanged = new Map(this.typesChanged);
    return () => {
      this.now += 1;
      this.asked.clear();
      this.isComplete = isComplete;
      this.rests = copyOfCrossings(rests);
      this.doubted = new Set(doubted);
      this.changed = new Map(changed);
      this.typesChanged = new Map(typesChanged);
    };
  }

  /** Rises with every change. */
  get moment(): number {
    return this.now;
  }

  isDoubted(file: string): boolean {
    return this.doubted.has(file);
  }

  /** Whether all answers about a file are what they were at that moment, where it is not in doubt. */
  holdsSince(moment: number, file: string): boolean {
    return this.changedAt(file) <= moment;
  }

  /** Asks again what a file that is in doubt rests on. */
  settle(file: string, program: Program): void {
    if (!this.doubted.delete(file)) return;
    const rests = this.rests.get(file);
    this.settling.add(file);
    for (const [to, crossings] of rests ?? []) {
      this.settle(to, program);
      // In a circle nobody knows yet, and asking always tells.
      const since = this.settling.has(to) ? Number.POSITIVE_INFINITY : this.changedAt(to);
      for (const [name, it] of crossings) {
        if (it.at === this.now || since <= it.at) continue;
        if (this.isAnsweredAsBefore(it, program)) {
          crossings.set(name, { ...it, at: this.now });
          continue;
        }
        this.changed.set(file, this.now);
        break;
      }
      if (this.changedAt(file) === this.now) break;
    }
    this.settling.delete(file);
    // It will ask anew; what it has asked since the change is known to be right.
    if (rests === undefined || this.changedAt(file) !== this.now) return;
    for (const [to, crossings] of rests) {
      for (const [name, it] of crossings) if (it.at !== this.now) crossings.delete(name);
      if (crossings.size === 0) rests.delete(to);
    }
  }

  private isAnsweredAsBefore({ question, node, more, print }: Crossing, program: Program): boolean {
    if (print === undefined) return false;
    const asked = node(program);
    const by = more(program);
    if (asked === GONE || by === GONE) return false;
    // Sound: a kept node is made to be a node again.
    return printOf(question.ask(asked as Node, by, program), program, this.typesOf) === print;
  }

  private changedAt(file: string): number {
    return this.changed.get(file) ?? 0;
  }

  private readonly typesOf = (file: string): number => this.typesChanged.get(file) ?? 0;
}

function mapIn<K, A, B>(maps: Map<K, Map<A, B>>, key: K): Map<A, B> {
  let map = maps.get(key);
  if (map === undefined) maps.set(key, (map = new Map()));
  return map;
}

function copyOfCrossings(rests: Crossings): Crossings {
  const copy: Crossings = new Map();
  for (const [from, targets] of rests) {
    copy.set(from, new Map([...targets].map(([to, crossings]) => [to, new Map(crossings)])));
  }
  return copy;
}

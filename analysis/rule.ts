import type { Edit, NewFile } from "./edit.ts";
import type { Question } from "./engine/type-engine.ts";
import type { Program } from "./program.ts";
import type { ChildName, KindName, Node, NodeOf } from "./syntax.ts";

export type Severity = "error" | "warning" | "hint";

/** `recommended` is on by default; `strict` adds to it; `opt-in` is on only where it is named. */
export type Profile = "recommended" | "strict" | "opt-in";

/**
 * One concurrency defect: how to find it, what to tell the user, how to repair it.
 *
 * A rule is a pure function from one syntax node to findings. It does no I/O, keeps no state
 * between calls, and never changes the tree; repairs are text edits that the caller may apply.
 */
export interface Rule<K extends KindName = KindName> {
  /** Names the defect, not the cure, so that `// mooring-allow floating-promise` reads as a sentence. */
  readonly id: string;

  /** One line for tables and settings. Equals the first paragraph of the rule's page. */
  readonly summary: string;

  readonly severity: Severity;
  readonly profile: Profile;

  /** Rules of other tools that report some of the same, as `plugin/rule`. */
  readonly equivalents: readonly string[];

  /** Rules whose findings at the same place are the same defect, which this one says better. */
  readonly covers?: readonly string[];

  readonly on: Interest<K>;

  check(node: NodeOf<K>, program: Program): Iterable<Finding>;
}

/**
 * What a rule wants to see, as data: an engine can find the candidates in its own tree, and a file
 * without candidates costs a parse and a walk.
 */
export interface Interest<K extends KindName = KindName> {
  readonly kinds: readonly K[];
  /** Cheap conditions on the node's children; all must hold. */
  readonly where?: readonly Condition[];
  /** What the rule will ask the type engine about such a node, or about one of its children. */
  readonly asks?: readonly Ask[];
}

export interface Ask {
  readonly about: Question["about"];
  readonly child?: ChildName;
}

export type Condition =
  /** The child has one of these kinds, wrapping parentheses and assertions left aside. */
  | { readonly child: ChildName; readonly kinds: readonly KindName[] }
  /** The child has none of these kinds. */
  | { readonly child: ChildName; readonly notKinds: readonly KindName[] }
  /** There is (not) such a child. */
  | { readonly child: ChildName; readonly present: boolean }
  /** The node carries this modifier. */
  | { readonly modifier: KindName };

export interface Finding {
  /** The smallest node a reader needs to look at. */
  readonly at: Node;

  /** What is wrong, in one sentence about the user's own code. */
  readonly message: string;

  /** What can go wrong at run time because of it. */
  readonly why: string;

  /** Where this finding weighs less (or more) than the rule's findings do in general. */
  readonly severity?: Severity | undefined;

  /** Reported only under this profile or a stricter one, though the rule itself is on. */
  readonly profile?: Profile | undefined;

  /** Other places that take part in the problem, in the order they happen. */
  readonly notes?: readonly Note[] | undefined;

  /** For races: the order of steps in which it goes wrong, and why two tasks can be there at once. */
  readonly interleaving?: Interleaving | undefined;

  /** Repairs, best first. Empty when no repair is certain to keep the meaning. */
  readonly fixes?: readonly Fix[] | undefined;
}

/**
 * How two tasks spoil each other's work. A task is one call of an async function with all that it
 * waits for; between two pauses nothing comes in between its steps.
 */
export interface Interleaving {
  /** Why the two tasks may overlap. There is no race without it. */
  readonly evidence: Evidence;
  /** In the order in which they happen, both tasks mixed. */
  readonly steps: readonly Step[];
}

export interface Evidence {
  /**
   * What lets two tasks overlap, strongest first: `parallel`, the code itself starts several at
   * once; `handler`, they answer events that do not wait for each other; `shared-instance`, they are
   * calls of methods of an object that several parts of a program hold; `exported`, they are calls
   * of an exported function that works on the state of its module.
   */
  readonly kind: "parallel" | "handler" | "shared-instance" | "exported";
  /** Where that can be seen. */
  readonly at: Node;
  /** In one sentence about the user's own code. */
  readonly message: string;
}

/** Two lanes are enough for every defect that is reported. */
export type Task = "A" | "B";

export type Action =
  | "read"
  | "check"
  | "write"
  | "call"
  | "pause"
  | "resume"
  | "acquire"
  | "release"
  | "iterate"
  | "fail";

export interface Step {
  readonly task: Task;
  readonly action: Action;
  readonly at: Node;
  /** A few words with the user's own names, without a full stop: "reads `this.n`". */
  readonly text: string;
}

export interface Note {
  readonly at: Node;
  readonly message: string;
}

export interface Fix {
  /** An imperative phrase without a full stop, as it appears in the light-bulb menu. */
  readonly title: string;
  /** Safe: applied by `--fix` and fix-all. Suggestion: somebody has to choose it. */
  readonly safety: "safe" | "suggestion";
  readonly edits: readonly Edit[];
  /** Files that come with it. Never one that exists; a fix that brings some is a suggestion. */
  readonly creates?: readonly NewFile[] | undefined;
  /**
   * Words in the new text that the fix made up: a name, a number. An editor puts the cursor on them,
   * wherever they stand. None of them is a word of the new text, strings aside, that means something else.
   */
  readonly chosen?: readonly string[] | undefined;
}

/** Keeps the node type of `check` in step with `on`. */
export function defineRule<K extends KindName>(rule: Rule<K>): Rule<K> {
  return rule;
}

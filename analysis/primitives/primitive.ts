// The vocabulary in which we say what other people's APIs do. Every statement carries its reason:
// a bare list of exemptions cannot be reviewed.

/** What is known about a call. What is not said is not known. */
export interface CallModel {
  /** Why this is so: a sentence, with a link where it came from an issue or from documentation. */
  readonly reason: string;

  /**
   * `floats`: the promise may be dropped, the callee owns it. `settles`: it never rejects.
   * `lazy`: nothing happens until somebody awaits it. `ends`: the call never returns.
   */
  readonly result?: "floats" | "settles" | "lazy" | "ends";

  /** What `floats` may reject as seen by whoever does wait for it, unless this says otherwise. */
  readonly neverRejects?: boolean;

  /** Throws for ordinary input, so that callers are expected to catch. Other calls are trusted. */
  readonly throws?: boolean;

  /** What becomes of function arguments, by position; `rest` stands for all further ones. */
  readonly callbacks?: {
    readonly [position: number]: CallbackModel;
    readonly rest?: CallbackModel;
  };

  /** It is over soon, and better not cut off, so that nobody has to be able to cancel it. */
  readonly brief?: boolean;

  /** It changes nothing outside, unless its options name a method or a body. */
  readonly asks?: boolean;

  /** What it uses of the world outside, of which there is only so much at a time. */
  readonly uses?: "network" | "database" | "files" | "processes";

  /** Nothing else runs in the program until the call is over. */
  readonly blocks?: BlockingModel;

  /**
   * Who calls it while its work is under way waits for that same work, and so does who calls the
   * function that it makes: `once`, a memoizer of promises.
   */
  readonly sharesRuns?: boolean;

  /** The call waits for the promises among (or inside) its arguments, or keeps them for good. */
  readonly observes?: boolean;

  /** What the call does to a lock: a mutex, a semaphore, a limiter, a lock file. */
  readonly lock?: LockModel;

  /** What the call gives has to be kept: nobody else can end what it stands for. */
  readonly mustKeep?: boolean;

  /** What the call makes is a lock: how many may hold it at once. */
  readonly permits?: PermitsModel;
}

/**
 * What a call does to a lock. The lock is the object whose method is called, or the function itself
 * where that is a value (`limit(task)`), or what `key` names where a plain function is called.
 */
export interface LockModel {
  /**
   * `run`: holds the lock while its callback runs. `acquire`: takes it for the caller. `try`: takes
   * it if it is free. `release`: gives it back. `wait`: gives back the lock whose guard is an
   * argument, and takes it again before it is over, as waiting for a condition does.
   */
  readonly does: "run" | "acquire" | "try" | "release" | "wait";
  /** How the caller gives it back: by calling the result, the second element of it, or a method of it. */
  readonly gives?: "function" | "second" | "guard";
  /** The position of the argument that says which lock is meant, where one object holds many. */
  readonly key?: number;
  /** Others may hold it at the same time, as the reading side of a read-write lock. */
  readonly shared?: boolean;
  /** Whoever holds it may take it again. */
  readonly reentrant?: boolean;
}

/** How many may hold a lock at once: `count`, or what an argument, or an option in it, says. */
export interface PermitsModel {
  readonly count?: number;
  readonly argument?: number;
  readonly option?: string;
  /** The position of an argument that is the lock itself, under another face: `withTimeout(mutex, 100)`. */
  readonly same?: number;
}

export interface BlockingModel {
  /** The function that gives a promise of the same, and the module that it is imported from. */
  readonly instead?: { readonly name: string; readonly from: string };
}

export interface CallbackModel {
  /** `now`: before the call returns. `awaited`: before its promise settles. `later`: at any time. */
  readonly runs: "now" | "awaited" | "later";
  /** What the callee does with what the callback returns. */
  readonly result: "awaited" | "returned" | "dropped" | "tested" | "compared" | "collected";
  /** May be called more than once, or again before an earlier call has settled. */
  readonly repeats?: boolean;
}

/** How values of a type say that work is no longer wanted. */
export interface SignalModel {
  /** Signals that speak the same protocol stand in for each other. */
  readonly protocol: string;
  /** The member that is true once the work is no longer wanted: `aborted`. */
  readonly flag: string;
  /** The method that throws then, where there is one: `throwIfAborted`. */
  readonly check?: string;
  /** Under which names options and contexts carry one: `signal`. */
  readonly carriedAs: readonly string[];
}

/** What is known about values of a named type. */
export interface TypeModel {
  readonly reason: string;
  /** `lazy`: work starts only when it is awaited. `floats`: may be dropped. */
  readonly promise?: "lazy" | "floats";
  /** Methods that start a lazy value, so that it runs though nobody awaits it. */
  readonly startedBy?: readonly string[];
  /** Its values tell running work that nobody wants it any more. */
  readonly signal?: SignalModel;
  /** Events of its values that come by themselves, and once, or are lost when nobody listens yet. */
  readonly comes?: readonly string[];
}

/**
 * Two calls that belong together: what the one begins lasts until the other ends it.
 *
 * `endedBy` says how, with `it` for what the call gave: `clearInterval(it)`, `it.close()`, `it()`.
 * `off(same)` is a method of the same receiver that is given the same arguments.
 */
export interface PairModel {
  readonly reason: string;
  /** What is begun, as messages call it: `interval`, `listener`, `connection`. */
  readonly begins: string;
  readonly endedBy: readonly string[];
  /** It also ends by itself: a timeout that fires, a listener that is called once. */
  readonly passes?: boolean;
  /** Given a function, it lends that function what it begins, and nobody else gets it. */
  readonly lends?: boolean;
}

/** A call whose function argument runs when something appears, and how it says what to undo. */
export interface ScopeModel {
  readonly reason: string;
  /** Which argument the function is. */
  readonly runs: number;
  /** `returned`: by returning a function. Else by calling one of these with a function. */
  readonly cleanup: "returned" | readonly string[];
  /**
   * It runs again: `always`, whenever something it has read may have changed, or when one of the
   * values has changed that stand in the argument at this position.
   */
  readonly repeats?: "always" | number;
}

/** A member of an event that does its work only while the event is being dispatched. */
export interface EventModel {
  readonly reason: string;
  /** What it is afterwards: `ignored` as a call, `null`, `empty`, or it `throws`. */
  readonly late: "ignored" | "null" | "empty" | "throws";
}

/** A call that gives an emitter whose `error` event throws where nobody listens to it. */
export interface ErrorEventModel {
  readonly reason: string;
  /** What it gives, as messages call it: `stream`, `child process`. */
  readonly gives: string;
  /** It runs code of its own beside this one, whose end has to be looked at as well. */
  readonly runs?: "process" | "thread";
}

/**
 * One package, or the platform. Functions are written by their name, members `Type.method`, or
 * `*.method` for any type of the package. Calling a value of a named function type is written by
 * that type's name: `NavigateFunction` for `const navigate = useNavigate()`. With a text for its
 * first argument a call is written `executeCommand("setContext")`, which wins over the bare name.
 */
export interface PackageModel {
  /** `lib`, `node:fs`, a package's name; several where a package was renamed or split. */
  readonly modules: readonly string[];
  readonly calls?: Readonly<Record<string, CallModel>>;
  readonly types?: Readonly<Record<string, TypeModel>>;
  /** What calls begin, by name as in `calls`; `new C()` by the name of the class. */
  readonly pairs?: Readonly<Record<string, PairModel>>;
  readonly scopes?: Readonly<Record<string, ScopeModel>>;
  /** Members of events, by `Type.member`. */
  readonly events?: Readonly<Record<string, EventModel>>;
  /** What calls give that fails by an event, by name as in `calls`. */
  readonly errorEvents?: Readonly<Record<string, ErrorEventModel>>;
}

/** What somebody says of a declaration of their own, as its comment would: see docs/configuration.md. */
export interface AnnotationModel {
  /** Why this is so, for the person who reads it next. */
  readonly reason: string;
  /** Of a class: each object is used by one task alone. */
  readonly singleOwner?: boolean | undefined;
  /** Of a function: calls of it may overlap. */
  readonly reentrant?: boolean | undefined;
  /** Of a field or variable: the lock that has to be held wherever it is used. */
  readonly guardedBy?: string | undefined;
}

import type { Node, SourceFile } from "../syntax.ts";

// The one way in which facts ask about types. Answers are plain data: no compiler object leaves an
// engine, so that a compiler in another process can answer too. The list grows only by need.
//
// Engines prefer silence: where a type is `any`, cannot be resolved, or depends on a type parameter
// that nothing bounds, the answer is "unknown", never a guess.

/** The property by which a thenable tells linters that nobody has to wait for it. */
export const LINTER_BRAND = "__linterBrands";

/** The type of a value, as far as waiting for it is concerned. */
export interface PromiseType {
  /** How many of the possible values are promise-like: have a `then` that takes a callback. */
  readonly extent: "all" | "some" | "none" | "unknown";
  /** The names of the promise-like types. */
  readonly names: readonly TypeName[];
  /** Whether `null`, `undefined` or `void` is possible as well. */
  readonly nullable: boolean;
  /** Whether the type `void` is one of these: its values are not to be looked at, not even by `?.`. */
  readonly orVoid: boolean;
  /**
   * Whether all promise-like values are made to be left alone: nothing comes of calling `then`, or the type says so to
   * linters, `__linterBrands: "SafePromiseLike"`, as Fastify's do.
   */
  readonly floats: boolean;
}

/** A named type or function, and who declares it. */
export interface TypeName {
  /** `Promise`, or `Query.exec` for a member. */
  readonly name: string;
  /** `lib` for the language and the DOM, `node:fs` for Node's own, a package's name, or `own`. */
  readonly module: string;
}

/** Where a node is, without holding it: `start` is the node's `pos`. */
export interface Place {
  readonly file: string;
  readonly kind: number;
  readonly start: number;
  readonly end: number;
}

export interface SymbolAnswer extends TypeName {
  /** The same for every mention of the same thing within one snapshot. */
  readonly id: number;
  readonly kind:
    | "variable"
    | "parameter"
    | "property"
    | "method"
    | "accessor"
    | "function"
    | "class"
    | "module"
    | "other";
  /** Where it is declared; overloads and merged declarations have several. */
  readonly declarations: readonly Place[];
}

/** What a call resolves to. */
export interface CalleeAnswer {
  /** What is called, where it has a name; for `new C()` the class. */
  readonly symbol: SymbolAnswer | undefined;
  /** The declaration of the overload that was chosen. */
  readonly declaration: Place | undefined;
  readonly returns: PromiseType;
}

/** What becomes of the result of a function that is put in a certain place. */
export interface SlotAnswer {
  /**
   * `void`: the type says nobody looks at it. `boolean`: it is tested. `promise`: the type admits a
   * promise (or anything). `value`: it wants something that is no promise. `none`: the place takes
   * no function. `unknown`: cannot be said.
   */
  readonly result: "void" | "boolean" | "promise" | "value" | "none" | "unknown";
  /** The type that says so: a parameter's or property's owner, for messages and models. */
  readonly owner: TypeName | undefined;
}

/** A member of a base class or interface that a class's member stands in for. */
export interface InheritedMember extends SlotAnswer {
  /** The base class or interface. */
  readonly base: TypeName;
  readonly declaration: Place | undefined;
}

/** The rest of what is asked of a value's type. */
export interface ValueAnswer {
  /** `any`, `unknown`, an error, or an unbounded type parameter: nothing is known. */
  readonly opaque: boolean;
  readonly nullable: boolean;
  /** The type has a type parameter in it, so that other values than its bound says are possible. */
  readonly generic: boolean;
  /** Every possible value is a string, a number, `undefined` and so on, and no object. */
  readonly primitive: boolean;
  /** Set where the value can be called: what the call would give. */
  readonly callResult: PromiseType | undefined;
  /** How many arguments such a call has to have; 0 where the value cannot be called. */
  readonly leastArguments: number;
  /** Whether the elements of an array or tuple are promises. */
  readonly elements: PromiseType["extent"] | undefined;
  /** Set where the elements can be called: what the call would give. */
  readonly elementCallResult: PromiseType | undefined;
  /** `T | Promise<T>`: what is no promise is just what the promises would settle with. */
  readonly maybePromise: boolean;
  /** `for await` reads it: has `Symbol.asyncIterator`; or only `Symbol.iterator`. */
  readonly iteration: "async" | "sync" | "none";
  /** Made by calling a generator function and not by anything that runs by itself. */
  readonly generator: "async" | "sync" | undefined;
  /** Has `Symbol.asyncDispose` or `Symbol.dispose`. */
  readonly disposal: "async" | "sync" | "both" | "none";
  /** The name of its type, `null` and `undefined` left aside. */
  readonly type: TypeName | undefined;
  /** Whether waiting for it gives a value; `nothing` for `Promise<void>` and its like. */
  readonly gives: "nothing" | "something" | "unknown";
}

/** A member of an object: which values it holds. */
export interface MemberAnswer {
  readonly name: string;
  /** The named types of what it may hold, in alphabetical order. */
  readonly types: readonly TypeName[];
  /** It may be left out, or hold `null` or `undefined`. */
  readonly nullable: boolean;
}

/** A parameter of a function: which values it takes. */
export interface ParameterAnswer extends MemberAnswer {
  /** Takes all further arguments; its types are those of one of them. */
  readonly rest: boolean;
  /** The members that were asked for, as far as one of the objects that it takes has them. */
  readonly members: readonly MemberAnswer[];
}

/** One of the ways in which a function can be called. */
export interface SignatureAnswer {
  readonly parameters: readonly ParameterAnswer[];
  /** Whether the arguments of the call may stand where they stand. */
  readonly fits: boolean;
}

/** What a rule will ask of a node, so that an engine in another process can answer in one message. */
export interface Question {
  readonly about: "promise" | "symbol" | "callee" | "value";
  readonly node: Node;
}

/** Answers about one snapshot of one project. Nodes must come from the same snapshot. */
export interface TypeEngine {
  /** The type of an expression, as narrowed at that place. */
  promise(expression: Node): PromiseType;
  value(expression: Node): ValueAnswer;
  /** What an identifier, property name or member name stands for, imports followed. */
  symbol(name: Node): SymbolAnswer | undefined;
  /** What a call or `new` expression resolves to. */
  callee(call: Node): CalleeAnswer | undefined;
  /** The slot that the expression is put in: argument, variable, property, attribute, return. */
  slot(expression: Node): SlotAnswer;
  /** What a member of a class or interface stands in for in its bases. */
  inherited(member: Node): readonly InheritedMember[];
  /** Those of the members that a value has, whatever branch of its type it is of. */
  members(expression: Node, names: readonly string[]): readonly MemberAnswer[];
  /** Each overload of what is called, and what its parameters take, with members by these names. */
  signatures(call: Node, members: readonly string[]): readonly SignatureAnswer[];
  /** The type written at a variable, property or parameter, before any narrowing. */
  declared(name: Node): PromiseType;
  /** Announces questions; answers nothing, and must not be relied upon. */
  prefetch(questions: readonly Question[]): void;
}

/** One consistent state of a project's texts. Holds no node of an earlier one. */
export interface EngineSnapshot extends TypeEngine {
  file(path: string): SourceFile | undefined;
  /**
   * The files that this one imports, resolved; libraries included, but only as their path. `only`
   * those that are written with one of these specifiers; an engine may give all of them.
   */
  importsOf(path: string, only?: ReadonlySet<string>): readonly string[];
  /**
   * The same object in two snapshots: what was not changed between them imports what it did, and the
   * files to start from are the same. Left out by engines that cannot tell.
   */
  readonly resolution?: object;
  /** Whether the types tell values that may be `null` or `undefined` from others. */
  readonly strictNulls: boolean;
  /** Whether there is a file, of the project or not: a package's manifest, say. */
  exists(path: string): boolean;
  /** The text of such a file; undefined where there is none. */
  textOf(path: string): string | undefined;
  /** A file is imported as `./mutex.js`, because `./mutex` would lead nowhere. */
  readonly importsNeedEndings: boolean;
  /** Whether a file belongs to the project rather than to a library. */
  isOwn(path: string): boolean;
  /**
   * What a file declares for others, with the types that are inferred. Equal texts: nobody who imports
   * it sees other types. Undefined where that cannot be written down, or the engine cannot tell.
   */
  declarations?(path: string): string | undefined;
  /** What the parser could not make sense of, in source order; cheap. */
  syntaxProblems(path: string): readonly Problem[];
  /** What the compiler itself reports: syntax first, then types. Costs a full check of the file. */
  problems(path: string): readonly Problem[];
}

export interface Problem {
  readonly start: number;
  readonly end: number;
  /** The compiler's number for this kind of problem. */
  readonly code: number;
  readonly message: string;
  readonly about: "syntax" | "types";
}

export interface FileChange {
  readonly path: string;
  /** Undefined: the file is gone, or its text on disk counts again. */
  readonly text: string | undefined;
}

/** A compiler, opened on one project. */
export interface Engine {
  /** Name and version, for logs and cache keys. */
  readonly version: string;
  snapshot(): EngineSnapshot;
  /** `files`: the files that make up the project from now on, where they are others. */
  change(changes: readonly FileChange[], files?: readonly string[]): void;
  /**
   * Keeps the snapshot of now. What it gives puts it back, with all that it has found out, once the texts
   * are the same again, and says so; it does nothing where files have come or gone in between.
   */
  hold?(): () => boolean;
  dispose(): void;
}

import {
  EXPORTED_HANDLERS,
  METHODS_IN_TURN,
  METHODS_RUN_ONCE,
  RENDERS,
  RUN_ONCE,
} from "../primitives/owners.ts";
import type { Program } from "../program.ts";
import type { Evidence } from "../rule.ts";
import {
  type FunctionLike,
  hasModifier,
  is,
  isClassLike,
  isFunctionExpression,
  isFunctionLike,
  Kind,
  type Node,
  nameOf,
  wrapped,
} from "../syntax.ts";
import { flowOwner } from "./flow-graph.ts";
import {
  holderOfMethod,
  isHandedOut,
  isHidden,
  isOutside,
  isOutsideVariable,
  nameNode,
  nameOfFunction,
} from "./functions.ts";
import { ofClass } from "./sharing.ts";

// Can code outside of the file call a function again before an earlier call is over?
//
// Public methods of objects that several tasks hold, methods of objects that a function hands out or
// a module exports, exported functions, and what a framework looks for among the exports. Part of
// the question of facts/overlap.ts, which also looks at how the file itself uses the function.

export interface Overlap {
  readonly evidence: Evidence;
  /**
   * `seen`: the code itself shows it. `likely`: it follows from what such functions and classes are
   * for. `possible`: nothing speaks against it.
   */
  readonly strength: "seen" | "likely" | "possible";
}

/** A public method or exported function: somebody can call it while an earlier call is not over. */
export function ofOpenness(fn: FunctionLike, program: Program): Overlap | undefined {
  const holder = holderOfMethod(fn);
  if (holder !== undefined) return ofMethod(fn, holder, program);
  const name = nameOfFunction(fn);
  if (name === undefined || !isOutside(fn, program) || isServedInTurn(fn, program))
    return undefined;
  if (EXPORTED_HANDLERS.has(name)) {
    return seen(
      "handler",
      nameNode(fn),
      `\`${name}\` is called for every request, whether or not the last call is over.`,
    );
  }
  if (RUN_ONCE.test(name) || RENDERS.test(name)) return undefined;
  return {
    strength: "likely",
    evidence: {
      kind: "exported",
      at: nameNode(fn),
      message: `\`${name}\` is exported, so it can be called again before an earlier call is over.`,
    },
  };
}

/**
 * A handler of AWS Lambda, by its declared type or by convention: a process there serves one event
 * at a time (https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html).
 */
export function isServedInTurn(fn: FunctionLike, program: Program): boolean {
  const { parent } = wrapped(fn);
  const type = is.VariableDeclaration(parent) ? parent.type : undefined;
  if (is.TypeReference(type)) return program.types.symbol(type.typeName)?.module === "aws-lambda";
  return nameOfFunction(fn) === "handler" && /^_?event$/.test(nameOf(fn.parameters[0]?.name) ?? "");
}

function ofMethod(fn: FunctionLike, holder: Node, program: Program): Overlap | undefined {
  const member = isFunctionExpression(fn) ? wrapped(fn).parent : fn;
  const name = nameOfFunction(fn);
  if (name === undefined || isHidden(member) || METHODS_RUN_ONCE.test(name)) return undefined;
  if (!isClassLike(holder)) return ofObject(fn, name, holder, program);
  if (hasModifier(member, Kind.StaticKeyword)) {
    return {
      strength: "seen",
      evidence: {
        kind: "shared-instance",
        at: nameNode(fn),
        message: `\`${name}\` is a static method, and there is one \`${nameOf(holder.name) ?? "class"}\` for everybody.`,
      },
    };
  }
  const { level, because } = ofClass(holder, program);
  if (level === "single-owner") return undefined;
  const type = nameOf(holder.name);
  const object = type === undefined ? "the object" : `one \`${type}\``;
  return {
    strength: because === undefined ? "possible" : because.seen ? "seen" : "likely",
    evidence: {
      kind: "shared-instance",
      at: because?.at ?? nameNode(fn),
      message:
        because === undefined
          ? `\`${name}\` is public, so two calls of it on ${object} can overlap.`
          : `Several tasks can call \`${name}\` on ${object}: ${because.message}.`,
    },
  };
}

/** An object with methods that a function makes and hands out, or that a module exports. */
function ofObject(
  fn: FunctionLike,
  name: string,
  object: Node,
  program: Program,
): Overlap | undefined {
  if (METHODS_IN_TURN.has(name)) return undefined;
  const { parent } = wrapped(object);
  const owner = flowOwner(object);
  const isReturned = is.ReturnStatement(parent) || is.ArrowFunction(parent);
  const isNamed = is.VariableDeclaration(parent);
  if (!isReturned && !isNamed && !is.ExportAssignment(parent)) return undefined;
  if (is.SourceFile(owner)) {
    const isOpen = is.ExportAssignment(parent) || (isNamed && isOutsideVariable(parent, program));
    if (!isOpen) return undefined;
    const isHandler = EXPORTED_HANDLERS.has(name) && is.ExportAssignment(parent);
    return isHandler
      ? seen(
          "handler",
          nameNode(fn),
          `\`${name}\` is called for every request, whether or not the last call is over.`,
        )
      : seen(
          "shared-instance",
          nameNode(fn),
          `\`${name}\` is a method of an object that the whole program shares.`,
        );
  }
  if (isNamed && !isHandedOut(parent, program)) return undefined;
  const maker = isFunctionLike(owner) ? nameOfFunction(owner) : undefined;
  const made = maker === undefined ? "this function" : `\`${maker}\``;
  return {
    strength: "likely",
    evidence: {
      kind: "shared-instance",
      at: nameNode(fn),
      message: `${made[0]?.toUpperCase() ?? ""}${made.slice(1)} hands out an object whose \`${name}\` can be called again before an earlier call is over.`,
    },
  };
}

/** An overlap that the code itself shows. */
export function seen(kind: Evidence["kind"], at: Node, message: string): Overlap {
  return { strength: "seen", evidence: { kind, at, message } };
}

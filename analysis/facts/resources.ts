import { fact, type Program } from "../program.ts";
import {
  declarationKeyword,
  type Identifier,
  is,
  type Node,
  type NodeOf,
  unwrapped,
  wrapped,
} from "../syntax.ts";
import { EXITS, flowOwner, type Path, pathFrom } from "./flow.ts";
import { isOnlyTested } from "./mentions.ts";
import { begunBy, methodOn } from "./pairs.ts";
import { passesSwitch } from "./paths.ts";
import { variableOf } from "./references.ts";

// Is a resource that a variable holds released on every way out?
//
// Resources are what `pairs` says (file handles, connections), and own types that can be disposed of
// asynchronously. Asked where the function itself releases it on one way, so that it is the owner, or
// where nothing at all is done with it but calling its methods. What is returned, passed on, stored or
// seen by an inner function has another owner. Ways that leave by a failed `await` count; ways that
// leave by a call that happens to throw do not, nor does a `switch` whose cases may be all there are.

type VariableDeclaration = NodeOf<"VariableDeclaration">;

const RELEASES: ReadonlySet<string> = new Set([
  "close",
  "release",
  "destroy",
  "dispose",
  "end",
  "disconnect",
  "quit",
  "terminate",
]);

export interface Unreleased {
  readonly name: Identifier;
  readonly acquired: Node;
  readonly path: Path;
  /** Where it is released on other ways. */
  readonly releases: readonly Node[];
}

/** The resource of a variable, and a way out on which nobody releases it. */
export const unreleasedBy: (
  declaration: VariableDeclaration,
  program: Program,
) => Unreleased | undefined = fact((declaration, program) => {
  const { name, initializer, parent } = declaration;
  if (initializer === undefined || !is.Identifier(name)) return undefined;
  if (!is.VariableDeclarationList(parent) || declarationKeyword(parent).endsWith("using")) {
    return undefined;
  }
  const awaited = unwrapped(initializer);
  const call = is.AwaitExpression(awaited) ? unwrapped(awaited.expression) : awaited;
  if (!is.CallExpression(call) || flowOwner(declaration) === undefined) return undefined;
  const methods = releasingMethods(call, name, program);
  if (methods === undefined) return undefined;
  const { mentions } = variableOf(name, program);
  const isOwner = mentions.every(
    (it) =>
      flowOwner(it) === flowOwner(declaration) && (methodOn(it) !== undefined || isOnlyTested(it)),
  );
  if (!isOwner || is.SourceFile(flowOwner(declaration))) return undefined;
  const releases = new Set<Node>(mentions.filter((it) => methods.has(methodOn(it) ?? "")));
  const path = pathFrom(
    declaration,
    { until: EXITS, stops: (it) => releases.has(it), exceptions: "awaited" },
    program,
  );
  return path === undefined || passesSwitch(path)
    ? undefined
    : { name, acquired: call, path, releases: [...releases] };
});

function releasingMethods(
  call: NodeOf<"CallExpression">,
  name: Identifier,
  program: Program,
): ReadonlySet<string> | undefined {
  const pair = begunBy(call, program)?.pair;
  if (pair !== undefined)
    return pair.methods.size > 0 && pair.functions.size === 0 ? pair.methods : undefined;
  if (!is.AwaitExpression(wrapped(call).parent)) return undefined;
  const { disposal, type } = program.types.value(name);
  const isAsync = disposal === "async" || disposal === "both";
  return isAsync && type?.module === "own" ? RELEASES : undefined;
}

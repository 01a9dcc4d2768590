import { resolve, type Program } from "../program.ts";
import { declarationKeyword, is, type Node, unwrapped } from "../syntax.ts";
import { calleeOf, nameIn } from "./callees.ts";

// Do all who call this at the same time get the promise of the same run?
//
// So it is with a function that `once`, `singleFlight` or a memoizer of promises has made, and with
// what those do as methods (`cell.getOrInit(load)`). The models say which these are; a function is
// followed from the name that is called to the constant or field that holds it. *Must*: a variable
// that is assigned again, and a function that was handed in, are not followed. For which key the
// run is shared is not asked. Preferred mistake: taking shared work for separate.

/** Whether those who call while the work is under way wait for the same work. */
export function isSharedRun(node: Node, program: Program): boolean {
  if (!is.CallExpression(node)) return false;
  const { model, symbol } = calleeOf(node, program);
  // What only makes the function runs nothing yet.
  if (model?.sharesRuns === true) return model.callbacks?.[0]?.runs !== "later";
  const [place, another] = symbol?.declarations ?? [];
  if (nameIn(node.expression) === undefined || place === undefined || another !== undefined)
    return false;
  const declaration = program.types.isOwn(place.file) ? resolve(place, program) : undefined;
  const maker = declaration && makerIn(declaration);
  return maker !== undefined && calleeOf(maker, program).model?.sharesRuns === true;
}

/** The call that the constant or field was given. */
function makerIn(declaration: Node): Node | undefined {
  if (is.PropertyDeclaration(declaration))
    return declaration.initializer && unwrapped(declaration.initializer);
  if (!is.VariableDeclaration(declaration) || declaration.initializer === undefined)
    return undefined;
  const { parent } = declaration;
  const isConstant = is.VariableDeclarationList(parent) && declarationKeyword(parent) === "const";
  return isConstant ? unwrapped(declaration.initializer) : undefined;
}

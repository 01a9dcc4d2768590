import { replace } from "../../analysis/edit.ts";
import type { InheritedMember } from "../../analysis/engine/type-engine.ts";
import { type Program, resolve } from "../../analysis/program.ts";
import type { Fix } from "../../analysis/rule.ts";
import { type FunctionLike, is, type Node, sourceFileOf } from "../../analysis/syntax.ts";
import { givesNothing } from "./catch-in-function.ts";

/** `dispose(): void` of a base in the same file as `dispose(): void | Promise<void>`. */
export function admitPromise(fn: FunctionLike, base: InheritedMember, program: Program): Fix[] {
  const { declaration } = base;
  if (declaration?.file !== sourceFileOf(fn).fileName || !givesNothing(fn)) return [];
  const type = returnTypeOf(resolve(declaration, program));
  if (!is.VoidKeyword(type)) return [];
  return [
    {
      title: `Let '${base.base.name}' say that there may be a promise`,
      safety: "suggestion",
      edits: [replace(type, "void | Promise<void>")],
    },
  ];
}

function returnTypeOf(declaration: Node | undefined): Node | undefined {
  if (is.MethodSignature(declaration) || is.MethodDeclaration(declaration)) return declaration.type;
  const isProperty = is.PropertySignature(declaration) || is.PropertyDeclaration(declaration);
  const type = isProperty ? declaration.type : undefined;
  return is.FunctionType(type) ? type.type : undefined;
}

import { insertAfter } from "../../analysis/edit.ts";
import type { Holder } from "../../analysis/facts/bindings.ts";
import type { Fix } from "../../analysis/rule.ts";
import {
  ancestor,
  is,
  isClassLike,
  isJavaScript,
  isOneOf,
  methodCall,
  type Node,
  nameOf,
  sourceFileOf,
  textOf,
  wrapped,
} from "../../analysis/syntax.ts";
import { indentOf } from "./statements.ts";
import { unitOf } from "./indents.ts";

const METHOD = "settled";

/** A method below this one that waits for what the class has collected. */
export function waitInMethod(promise: Node, { holder, declaration }: Holder): Fix[] {
  const owner = declaration.parent;
  const member = ancestor(promise, isMember);
  const put = methodCall(wrapped(promise).parent);
  if (!is.PropertyDeclaration(declaration) || !isClassLike(owner) || member?.parent !== owner) {
    return [];
  }
  if (put === undefined || put.method === "set") return [];
  if (owner.members.some((it) => hasName(it) && nameOf(it.name) === METHOD)) return [];
  const indent = indentOf(member);
  const inner = indent + unitOf(sourceFileOf(member));
  const returns = isJavaScript(sourceFileOf(member)) ? "" : ": Promise<void>";
  const waits = `await Promise.all(${textOf(holder)});`;
  const text = `\n\n${indent}async ${METHOD}()${returns} {\n${inner}${waits}\n${indent}}`;
  return [
    {
      title: `Add a method '${METHOD}' that waits for them`,
      safety: "suggestion",
      edits: [insertAfter(member, text)],
    },
  ];
}

const isMember = isOneOf("MethodDeclaration", "Constructor", "PropertyDeclaration");
const hasName = isOneOf("PropertyDeclaration", "MethodDeclaration", "GetAccessor");

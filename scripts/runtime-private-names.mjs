// The names of properties that only the runtime's own code uses. The npm package has them shortened, which no minifier of
// a user could do: it cannot know that nobody else reads them.
//
// A name is shortened wherever it occurs, so it must be private wherever it occurs: every declaration of it is hidden or
// in a type that is not exported, and no property of the platform, and no text, is called the same. Whatever cannot be
// told for certain keeps its name.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ts } from "ts-morph";
import { RUNTIME, runtimeFiles } from "./runtime-entries.mjs";

/** What other programs read: the other side of a thread, and the tools that the testing kit works in. */
const SHARED = /^(testing\/|workers\/entry)/;

/** A regular expression for esbuild's `mangleProps`. */
export function privateNames() {
  // Without the platform's library its properties have no declaration, which is how they are told from our own.
  const program = ts.createProgram(
    runtimeFiles().map((it) => join(RUNTIME, it)),
    { noLib: true, types: [], allowImportingTsExtensions: true, noEmit: true },
  );
  const checker = program.getTypeChecker();
  const published = publishedNames();
  const hidden = new Set();
  const seen = new Set();

  const visit = (node, isShared) => {
    if (ts.isIdentifier(node) && isShared) seen.add(node.text);
    else if (ts.isStringLiteralLike(node)) seen.add(node.text);
    else if (isMember(node)) (isHidden(node, published) ? hidden : seen).add(node.name.text);
    else if (ts.isPropertyAccessExpression(node)) {
      if (checker.getSymbolAtLocation(node.name)?.declarations === undefined) {
        seen.add(node.name.text);
      }
    } else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
      look(node, checker.getTypeAtLocation(node.parent));
    } else if (ts.isObjectLiteralElement(node)) {
      look(node, checker.getContextualType(node.parent));
    }
    ts.forEachChild(node, (child) => visit(child, isShared));
  };
  const look = (node, type) => {
    const name = node.propertyName ?? node.name;
    if (name === undefined || !ts.isIdentifier(name)) return;
    const types = type === undefined ? [] : type.isUnion() ? type.types : [type];
    const isKnown = types.some((it) => it.getProperty(name.text)?.declarations !== undefined);
    if (!isKnown) seen.add(name.text);
  };
  for (const file of program.getSourceFiles()) {
    visit(file, SHARED.test(file.fileName.slice(RUNTIME.length + 1)));
  }
  const names = [...hidden].filter((name) => !seen.has(name)).toSorted();
  return new RegExp(`^(${names.join("|")})$`);
}

/** What has a name in a class, an interface or the type of an object. */
function isMember(node) {
  const isProperty =
    ts.isPropertyDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isAccessor(node) ||
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node);
  return isProperty && !ts.isObjectLiteralExpression(node.parent) && ts.isIdentifier(node.name);
}

/**
 * Whether the member is `private` or `protected`, or belongs to what is, or to a class that nobody else can name. Not those
 * of interfaces: some of them say what the platform has.
 */
function isHidden(member, published) {
  for (let node = member; node !== undefined; node = node.parent) {
    const flags = ts.canHaveModifiers(node) ? ts.getCombinedModifierFlags(node) : 0;
    if ((flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0) return true;
    if (ts.isFunctionDeclaration(node)) return false;
    if (ts.isClassDeclaration(node)) return !published.has(node.name?.text);
  }
  return false;
}

function publishedNames() {
  const texts = runtimeFiles()
    .filter((it) => /(^|\/)index\.ts$/.test(it))
    .map((it) => readFileSync(join(RUNTIME, it), "utf8"));
  const lists = texts.flatMap((it) => [...it.matchAll(/export (?:type )?\{([^}]*)\}/g)]);
  return new Set(
    lists.flatMap(([, list]) => list.split(",")).map((it) => it.replace(/^\s*type /, "").trim()),
  );
}

import { fact, type Program } from "../program.ts";
import { is, isOneOf, methodCall, type Node, nameOf, type SourceFile, walk } from "../syntax.ts";

// Does this file run a server?
//
// A process that ends at an unhandled rejection takes down the one request in a script, and all of
// them in a server. Cheap evidence from the file alone: it imports what serves, and calls `listen`,
// `serve` or `createServer`. Modules that only define handlers are not seen; they get the milder
// answer.

export const isServerEntry: (file: SourceFile, program: Program) => boolean = fact((file) => {
  if (!/\b(?:listen|serve|createServer)\b/.test(file.text)) return false;
  return (imports(file) || /\b(?:Bun|Deno)\.serve\b/.test(file.text)) && starts(file);
});

const SERVING =
  /^(?:node:)?(?:http|https|http2|net)$|^(?:express|fastify|koa|hono|h3|restify|polka|micro|ws|socket\.io)$|^@(?:hapi\/hapi|hono\/node-server|nestjs\/core|trpc\/server|apollo\/server|feathersjs\/express)/;

const fromModule = isOneOf("StringLiteral", "NoSubstitutionTemplateLiteral");

function imports(file: SourceFile): boolean {
  return file.statements.some((it) => {
    if (is.ImportDeclaration(it)) return isServing(it.moduleSpecifier);
    return is.VariableStatement(it) && it.declarationList.declarations.some(requires);
  });
}

function requires({ initializer }: { readonly initializer?: Node | undefined }): boolean {
  return (
    is.CallExpression(initializer) &&
    nameOf(initializer.expression) === "require" &&
    initializer.arguments.some(isServing)
  );
}

function isServing(specifier: Node): boolean {
  return fromModule(specifier) && SERVING.test(specifier.text);
}

function starts(file: SourceFile): boolean {
  let found = false;
  walk(file, (it) => {
    if (found) return "skip";
    if (!is.CallExpression(it)) return undefined;
    const name = methodCall(it)?.method ?? nameOf(it.expression);
    found = name === "listen" || name === "serve" || name === "createServer";
    return undefined;
  });
  return found;
}

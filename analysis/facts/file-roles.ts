import { fact, type Program } from "../program.ts";
import { is, isOneOf, methodCall, type Node, nameOf, type SourceFile, walk } from "../syntax.ts";

// What is the file for: does it run a server, does it hold tests?
//
// Cheap evidence from the file alone, for rules whose findings weigh more or less there. A process
// that ends at an unhandled rejection takes down one request in a script, and all of them in a
// server: a file that imports what serves, and calls `listen`, `serve` or `createServer`. In a test,
// the same end of the process is a failed test, which is what tests are for: a file that is named
// `.test` or `.spec`, imports a test runner, or lies in a folder for tests and has some. A script serves the one who has started it. Modules
// that only define handlers, and helpers of tests, are not recognised and get the answer "no".

export const isServerEntry: (file: SourceFile, program: Program) => boolean = fact((file) => {
  if (!/\b(?:listen|serve|createServer)\b/.test(file.text)) return false;
  const imports = file.statements.some((it) => importsFrom(it, SERVING));
  return (imports || /\b(?:Bun|Deno)\.serve\b/.test(file.text)) && starts(file);
});

const SERVING =
  /^(?:node:)?(?:http|https|http2|net)$|^(?:express|fastify|koa|hono|h3|restify|polka|micro|ws|socket\.io)$|^@(?:hapi\/hapi|hono\/node-server|nestjs\/core|trpc\/server|apollo\/server|feathersjs\/express)/;

/** Whether the file holds tests. */
export const isTestFile: (file: SourceFile, program: Program) => boolean = fact(
  (file) =>
    /\.(?:test|spec)\.[cm]?[jt]sx?$/.test(file.fileName) ||
    (TESTS.test(file.fileName) && /^\s*(?:describe|suite|it|test)\(/m.test(file.text)) ||
    file.statements.some((it) => importsFrom(it, TESTING)),
);

const TESTING =
  /^(?:node:test|bun:test|vitest|jest|@jest\/globals|mocha|ava|tap|tape|uvu|@playwright\/test|jasmine)$/;

/** Folders for tests, whose runners need not be imported. */
const TESTS = /\/(?:tests?|__tests__|specs?|e2e)\//;

/**
 * Whether the file is run by hand, or shows how something is used: it begins with `#!`, or lies in a
 * folder for scripts, examples or benchmarks. Such a program may well end with an error.
 */
export const isScriptFile: (file: SourceFile, program: Program) => boolean = fact(
  (file) => file.text.startsWith("#!") || SCRIPTS.test(file.fileName),
);

/** Whether what a file leaves behind goes with the process before long. */
export function isTestOrScript(file: SourceFile, program: Program): boolean {
  return isTestFile(file, program) || isScriptFile(file, program);
}

const SCRIPTS =
  /\/(?:scripts?|tools?|examples?|[\w-]+-examples?|demos?|bench(?:es|marks?)?|playgrounds?)\//;

/**
 * Whether the file serves the one who has started it: one that is run by hand, or while something is
 * built, or that takes arguments apart. Nobody else waits for what it does.
 */
export function isScript(file: SourceFile, program: Program): boolean {
  return isScriptFile(file, program) || isForBuild(file, program);
}

const isForBuild: (file: SourceFile, program: Program) => boolean = fact(
  (file) => BUILDS.test(file.fileName) || file.statements.some((it) => importsFrom(it, ARGUMENTS)),
);

const BUILDS =
  /\/(?:bin|cli|build|migrations?|seeds?|fixtures|codemods?|generators?|templates)\/|\.config\.[cm]?[jt]s$/;

const ARGUMENTS =
  /^(?:commander|yargs|cac|citty|meow|minimist|clipanion|@oclif\/core|@clack\/prompts|inquirer|prompts|mri|sade|arg|gluegun)$/;

const fromModule = isOneOf("StringLiteral", "NoSubstitutionTemplateLiteral");

function importsFrom(statement: Node, modules: RegExp): boolean {
  const isOneOfThem = (it: Node) => fromModule(it) && modules.test(it.text);
  if (is.ImportDeclaration(statement)) return isOneOfThem(statement.moduleSpecifier);
  if (!is.VariableStatement(statement)) return false;
  return statement.declarationList.declarations.some(
    ({ initializer }) =>
      is.CallExpression(initializer) &&
      nameOf(initializer.expression) === "require" &&
      initializer.arguments.some(isOneOfThem),
  );
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

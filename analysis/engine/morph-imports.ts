import { ts } from "ts-morph";

const found = new WeakMap<ts.SourceFile, readonly ts.StringLiteralLike[]>();

/** The strings behind `from`, `import(…)`, `require(…)` and `declare module`, once per tree. */
export function specifiersIn(file: ts.SourceFile): readonly ts.StringLiteralLike[] {
  const known = found.get(file);
  if (known !== undefined) return known;
  const specifiers: ts.StringLiteralLike[] = [];
  const add = (node: ts.Node | undefined): void => {
    if (node !== undefined && ts.isStringLiteralLike(node)) specifiers.push(node);
  };
  inStatements(file.statements, add);
  // Most files have imports at the top only, and need no walk.
  if (/\b(?:import|require)\s*\(/.test(file.text)) inExpressions(file, add);
  found.set(file, specifiers);
  return specifiers;
}

type Add = (node: ts.Node | undefined) => void;

function inStatements(statements: readonly ts.Statement[], add: Add): void {
  for (const statement of statements) {
    if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) {
      add(statement.moduleSpecifier);
    } else if (ts.isImportEqualsDeclaration(statement)) {
      const { moduleReference } = statement;
      if (ts.isExternalModuleReference(moduleReference)) add(moduleReference.expression);
    } else if (ts.isModuleDeclaration(statement)) {
      add(statement.name);
      const { body } = statement;
      if (body !== undefined && ts.isModuleBlock(body)) inStatements(body.statements, add);
    }
  }
}

function inExpressions(node: ts.Node, add: Add): void {
  if (ts.isCallExpression(node) && isImportCall(node)) add(node.arguments[0]);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
  ts.forEachChild(node, (child) => {
    inExpressions(child, add);
  });
}

function isImportCall({ expression }: ts.CallExpression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(expression) && expression.text === "require";
}

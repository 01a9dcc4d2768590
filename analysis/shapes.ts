import type { Kind } from "./kinds.generated.ts";

// What each kind of node consists of, as far as rules and facts look: the compiler's own property
// names, so that a compiler's node is one of these as it stands, and an engine over another
// compiler can serve the same properties from its own tree.

export type KindName = keyof typeof Kind;

export interface Node {
  readonly kind: number;
  /** Offset of the white space and comments in front of the node; `startOf` skips them. */
  readonly pos: number;
  readonly end: number;
  readonly parent: Node;
  readonly modifiers?: readonly Node[] | undefined;
  forEachChild<T>(visit: (child: Node) => T | undefined): T | undefined;
}

export type NodeOf<K extends KindName> = Node & {
  readonly kind: (typeof Kind)[K];
} & (K extends keyof Shapes ? Shapes[K] : unknown);

type List<T = Node> = readonly T[];

interface Named {
  readonly text: string;
}

interface Modified {
  readonly modifiers?: List | undefined;
}

export interface Functional extends Modified {
  readonly asteriskToken?: Node | undefined;
  readonly name?: Node | undefined;
  readonly typeParameters?: List | undefined;
  readonly parameters: List<NodeOf<"Parameter">>;
  readonly type?: Node | undefined;
  readonly body?: Node | undefined;
}

interface Classy extends Modified {
  readonly name?: NodeOf<"Identifier"> | undefined;
  readonly heritageClauses?: List<NodeOf<"HeritageClause">> | undefined;
  readonly members: List;
}

interface Looping {
  readonly initializer: Node;
  readonly expression: Node;
  readonly statement: Node;
}

interface Asserting {
  readonly expression: Node;
  readonly type: Node;
}

interface Calling {
  readonly expression: Node;
  readonly typeArguments?: List | undefined;
}

/** The children by kind; a kind that is not listed has none that anybody asked for yet. */
export interface Shapes {
  SourceFile: {
    readonly fileName: string;
    readonly text: string;
    readonly statements: List;
    readonly isDeclarationFile: boolean;
  };
  Identifier: Named;
  PrivateIdentifier: Named;
  StringLiteral: Named;
  NumericLiteral: Named;
  NoSubstitutionTemplateLiteral: Named;
  ComputedPropertyName: { readonly expression: Node };

  FunctionDeclaration: Functional;
  FunctionExpression: Functional;
  ArrowFunction: Functional & { readonly body: Node };
  MethodDeclaration: Functional & { readonly name: Node };
  MethodSignature: Functional & { readonly name: Node };
  Constructor: Functional;
  GetAccessor: Functional & { readonly name: Node };
  SetAccessor: Functional & { readonly name: Node };
  FunctionType: Functional;
  Parameter: Modified & {
    readonly dotDotDotToken?: Node | undefined;
    readonly name: Node;
    readonly questionToken?: Node | undefined;
    readonly type?: Node | undefined;
    readonly initializer?: Node | undefined;
  };
  Decorator: { readonly expression: Node };

  ClassDeclaration: Classy;
  ClassExpression: Classy;
  InterfaceDeclaration: Classy;
  HeritageClause: { readonly token: number; readonly types: List };
  ExpressionWithTypeArguments: Calling;
  PropertyDeclaration: Modified & {
    readonly name: Node;
    readonly type?: Node | undefined;
    readonly initializer?: Node | undefined;
  };
  PropertySignature: Modified & { readonly name: Node; readonly type?: Node | undefined };
  ClassStaticBlockDeclaration: { readonly body: NodeOf<"Block"> };
  TypeReference: { readonly typeName: Node; readonly typeArguments?: List | undefined };
  UnionType: { readonly types: List };
  LiteralType: { readonly literal: Node };
  ArrayType: { readonly elementType: Node };
  TypeAliasDeclaration: { readonly name: NodeOf<"Identifier">; readonly type: Node };

  Block: { readonly statements: List };
  ModuleBlock: { readonly statements: List };
  ModuleDeclaration: Modified & { readonly name: Node; readonly body?: Node | undefined };
  VariableStatement: Modified & { readonly declarationList: NodeOf<"VariableDeclarationList"> };
  VariableDeclarationList: { readonly declarations: List<NodeOf<"VariableDeclaration">> };
  VariableDeclaration: {
    readonly name: Node;
    readonly type?: Node | undefined;
    readonly initializer?: Node | undefined;
  };
  ObjectBindingPattern: { readonly elements: List<NodeOf<"BindingElement">> };
  ArrayBindingPattern: { readonly elements: List };
  BindingElement: {
    readonly dotDotDotToken?: Node | undefined;
    readonly propertyName?: Node | undefined;
    readonly name: Node;
    readonly initializer?: Node | undefined;
  };
  ExpressionStatement: { readonly expression: Node };
  IfStatement: {
    readonly expression: Node;
    readonly thenStatement: Node;
    readonly elseStatement?: Node | undefined;
  };
  DoStatement: { readonly statement: Node; readonly expression: Node };
  WhileStatement: { readonly expression: Node; readonly statement: Node };
  ForStatement: {
    readonly initializer?: Node | undefined;
    readonly condition?: Node | undefined;
    readonly incrementor?: Node | undefined;
    readonly statement: Node;
  };
  ForInStatement: Looping;
  ForOfStatement: Looping & { readonly awaitModifier?: Node | undefined };
  ContinueStatement: { readonly label?: NodeOf<"Identifier"> | undefined };
  BreakStatement: { readonly label?: NodeOf<"Identifier"> | undefined };
  ReturnStatement: { readonly expression?: Node | undefined };
  ThrowStatement: { readonly expression: Node };
  SwitchStatement: { readonly expression: Node; readonly caseBlock: NodeOf<"CaseBlock"> };
  CaseBlock: { readonly clauses: List<NodeOf<"CaseClause"> | NodeOf<"DefaultClause">> };
  CaseClause: { readonly expression: Node; readonly statements: List };
  DefaultClause: { readonly statements: List };
  LabeledStatement: { readonly label: NodeOf<"Identifier">; readonly statement: Node };
  TryStatement: {
    readonly tryBlock: NodeOf<"Block">;
    readonly catchClause?: NodeOf<"CatchClause"> | undefined;
    readonly finallyBlock?: NodeOf<"Block"> | undefined;
  };
  CatchClause: {
    readonly variableDeclaration?: NodeOf<"VariableDeclaration"> | undefined;
    readonly block: NodeOf<"Block">;
  };

  ImportDeclaration: {
    readonly importClause?: NodeOf<"ImportClause"> | undefined;
    readonly moduleSpecifier: Node;
  };
  ImportClause: {
    readonly name?: NodeOf<"Identifier"> | undefined;
    readonly namedBindings?: Node | undefined;
  };
  ImportSpecifier: {
    readonly propertyName?: Node | undefined;
    readonly name: NodeOf<"Identifier">;
  };
  NamedImports: { readonly elements: List<NodeOf<"ImportSpecifier">> };
  NamespaceImport: { readonly name: NodeOf<"Identifier"> };
  ExportSpecifier: { readonly propertyName?: Node | undefined; readonly name: Node };
  ExportDeclaration: {
    readonly exportClause?: Node | undefined;
    readonly moduleSpecifier?: Node | undefined;
  };
  ExportAssignment: { readonly expression: Node };

  ArrayLiteralExpression: { readonly elements: List };
  ObjectLiteralExpression: { readonly properties: List };
  PropertyAssignment: { readonly name: Node; readonly initializer: Node };
  ShorthandPropertyAssignment: { readonly name: NodeOf<"Identifier"> };
  SpreadAssignment: { readonly expression: Node };
  SpreadElement: { readonly expression: Node };
  PropertyAccessExpression: {
    readonly expression: Node;
    readonly questionDotToken?: Node | undefined;
    readonly name: NodeOf<"Identifier"> | NodeOf<"PrivateIdentifier">;
  };
  ElementAccessExpression: {
    readonly expression: Node;
    readonly questionDotToken?: Node | undefined;
    readonly argumentExpression: Node;
  };
  CallExpression: Calling & {
    readonly questionDotToken?: Node | undefined;
    readonly arguments: List;
  };
  NewExpression: Calling & { readonly arguments?: List | undefined };
  TaggedTemplateExpression: { readonly tag: Node; readonly template: Node };
  ParenthesizedExpression: { readonly expression: Node };
  AsExpression: Asserting;
  SatisfiesExpression: Asserting;
  TypeAssertionExpression: Asserting;
  NonNullExpression: { readonly expression: Node };
  DeleteExpression: { readonly expression: Node };
  TypeOfExpression: { readonly expression: Node };
  VoidExpression: { readonly expression: Node };
  AwaitExpression: { readonly expression: Node };
  YieldExpression: {
    readonly asteriskToken?: Node | undefined;
    readonly expression?: Node | undefined;
  };
  PrefixUnaryExpression: { readonly operator: number; readonly operand: Node };
  PostfixUnaryExpression: { readonly operator: number; readonly operand: Node };
  BinaryExpression: {
    readonly left: Node;
    readonly operatorToken: Node;
    readonly right: Node;
  };
  ConditionalExpression: {
    readonly condition: Node;
    readonly whenTrue: Node;
    readonly whenFalse: Node;
  };
  TemplateExpression: { readonly head: Node; readonly templateSpans: List<NodeOf<"TemplateSpan">> };
  TemplateSpan: { readonly expression: Node; readonly literal: Node };

  JsxAttribute: { readonly name: Node; readonly initializer?: Node | undefined };
  JsxExpression: { readonly expression?: Node | undefined };
  JsxSpreadAttribute: { readonly expression: Node };
  JsxOpeningElement: { readonly tagName: Node; readonly attributes: Node };
  JsxSelfClosingElement: { readonly tagName: Node; readonly attributes: Node };
}

/**
 * The names under which a node keeps its children, for engines that serve them from another tree.
 * The compiler rejects a name that no shape has; test/analysis/syntax.test.ts that one is missing.
 */
export type ChildName = { [K in keyof Shapes]: keyof Shapes[K] }[keyof Shapes];

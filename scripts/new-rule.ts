import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

// `npm run new-rule <id>` makes the three files of a rule that finds nothing yet. They pass the
// tests as they stand, so that the first thing to break is something the author has written.

const SUMMARY = "Say in one sentence what is wrong, as it stands in the table of rules.";

/** The files of a new rule, by path. */
export function ruleFiles(id: string): ReadonlyMap<string, string> {
  return new Map([
    [`rules/${id}/${id}.ts`, moduleOf(id)],
    [`rules/${id}/${id}.md`, pageOf(id)],
    [`rules/${id}/${id}.cases.md`, casesOf(id)],
  ]);
}

/** Why a rule cannot be called that; undefined where it can. */
export function objectionTo(id: string | undefined): string | undefined {
  if (id === undefined) return "Say what the rule is called: npm run new-rule lost-update";
  if (!/^[a-z]+(?:-[a-z]+)*$/.test(id)) {
    return `"${id}" is not in kebab-case, as in lost-update.`;
  }
  if (/^(?:no|require|prefer|use|avoid)-/.test(id)) {
    return `"${id}" names a cure. A rule is called by the defect, so that \`mooring-allow ${id.replace(/^\w+-/, "")}\` reads as a sentence.`;
  }
  return existsSync(`rules/${id}`) ? `rules/${id} is there already.` : undefined;
}

function moduleOf(id: string): string {
  return `import { defineRule } from "../../analysis/rule.ts";

// See ${id}.md for what this means to the user.
//
// Say here what the rule takes for the defect, and where it draws the line.
export const ${camelCase(id)} = defineRule({
  id: "${id}",
  summary: "${SUMMARY}",
  severity: "warning",
  profile: "strict",
  equivalents: [],
  on: { kinds: ["DebuggerStatement"] },

  *check() {
    // Yield what is wrong: where, in which words, why it matters, and how to repair it.
  },
});
`;
}

function pageOf(id: string): string {
  return `# ${id}

${SUMMARY}

<!-- generated -->
<!-- /generated -->

## What it catches

A small example about something, and what goes wrong in it at run time. \`UPDATE=1 npx vitest run
test/rules.test.ts -t ${id}\` writes the carets under what the rule finds.

\`\`\`ts
async function checkout(cart: Cart) {
  await save(cart);
}
\`\`\`

## How to fix it

Each fix that the rule offers, shown once: a block with \`fix="Title of the fix"\`.

## What it leaves alone

\`\`\`ts
async function leave(cart: Cart) {
  await save(cart);
}
\`\`\`

## When not to use it

Where the defect is none.

<!-- Declarations the examples share. Not shown on the rule's page. -->

\`\`\`ts setup
interface Cart {
  readonly email: string;
}
declare function save(cart: Cart): Promise<void>;
\`\`\`
`;
}

function casesOf(id: string): string {
  return `# ${id}: cases

\`\`\`ts setup
declare function upload(): Promise<void>;
\`\`\`

## One heading for each behaviour

One sentence in front of each block.

\`\`\`ts
async function publish() {
  await upload();
}
\`\`\`
`;
}

function camelCase(id: string): string {
  return id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

if (process.argv[1]?.endsWith("new-rule.ts") === true) {
  const id = process.argv[2];
  const objection = objectionTo(id);
  if (id === undefined || objection !== undefined) {
    process.stderr.write(`${objection ?? ""}\n`);
    process.exitCode = 2;
  } else {
    for (const [path, text] of ruleFiles(id)) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      process.stdout.write(`made ${path}\n`);
    }
    process.stdout.write(`
Next: \`npm run generate\` lists the rule, \`npx vitest run test/rules.test.ts -t ${id}\` tests its
pages. Say in \`on\` what the rule wants to see, find the defect in \`check\`, write the page.
Analysis goes to analysis/facts/, repairs to rules/fixes/; CONTRIBUTING.md has the rest.
`);
  }
}

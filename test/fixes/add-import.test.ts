import { ts } from "ts-morph";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits, overlap } from "../../analysis/edit.ts";
import { parseFile } from "../../analysis/engine/parse.ts";
import { addImport, type ImportOptions, type Needed } from "../../rules/fixes/add-import.ts";

const MUTEX: Needed = { name: "Mutex" };

// These are many lines because each way of importing is an example with the whole file before and after.

/** A file, what it becomes when `Mutex` of `mooring-runtime` is added, and how that is then called. */
interface Example extends ImportOptions {
  readonly before: string;
  readonly after: string;
  readonly needed?: readonly Needed[];
  readonly from?: string;
  readonly name?: string;
  readonly file?: string;
}

const places: Readonly<Record<string, Example>> = {
  "an empty file": {
    before: "",
    after: 'import { Mutex } from "mooring-runtime";\n',
  },
  "a file without imports": {
    before: "run();\n",
    after: 'import { Mutex } from "mooring-runtime";\n\nrun();\n',
  },
  "a comment about the first function": {
    before: "/** Runs. */\nfunction run() {}\n",
    after: 'import { Mutex } from "mooring-runtime";\n\n/** Runs. */\nfunction run() {}\n',
  },
  "a comment about the file": {
    before: "// Runs things.\n\nrun();\n",
    after: '// Runs things.\n\nimport { Mutex } from "mooring-runtime";\n\nrun();\n',
  },
  "a licence, right above the code": {
    before: "/* Copyright me. */\nrun();\n",
    after: '/* Copyright me. */\n\nimport { Mutex } from "mooring-runtime";\n\nrun();\n',
  },
  "nothing but a comment": {
    before: "// @ts-check",
    after: '// @ts-check\n\nimport { Mutex } from "mooring-runtime";',
  },
  "#! and a check of types": {
    before: "#!/usr/bin/env node\n// @ts-check\nrun();\n",
    after:
      '#!/usr/bin/env node\n// @ts-check\n\nimport { Mutex } from "mooring-runtime";\n\nrun();\n',
  },
  directives: {
    before: "// Page\n'use client'\n'use strict'\n\nrun()\n",
    after:
      "// Page\n'use client'\n'use strict'\n\nimport { Mutex } from 'mooring-runtime'\n\nrun()\n",
  },
  "a directive right above the code": {
    before: '"use strict";\nrun();\n',
    after: '"use strict";\n\nimport { Mutex } from "mooring-runtime";\n\nrun();\n',
  },
  "a byte order mark": {
    before: "\ufeffrun();\n",
    after: '\ufeffimport { Mutex } from "mooring-runtime";\n\nrun();\n',
  },
  "Windows line ends": {
    before: '"use strict";\r\nrun();\r\n',
    after: '"use strict";\r\n\r\nimport { Mutex } from "mooring-runtime";\r\n\r\nrun();\r\n',
  },
  "packages in order": {
    before: 'import a from "fastify";\nimport b from "zod"; // checks\n\nimport c from "./c.js";\n',
    after:
      'import a from "fastify";\nimport { Mutex } from "mooring-runtime";\nimport b from "zod"; // checks\n\nimport c from "./c.js";\n',
  },
  "packages after it": {
    before: 'import b from "zod"; // checks\nrun();\n',
    after: 'import { Mutex } from "mooring-runtime";\nimport b from "zod"; // checks\nrun();\n',
  },
  "packages in no order": {
    before: 'import b from "zod"; // checks\nimport a from "fastify";\nrun();\n',
    after:
      'import b from "zod"; // checks\nimport a from "fastify";\nimport { Mutex } from "mooring-runtime";\nrun();\n',
  },
  "built-in modules only": {
    before: 'import fs from "node:fs";\n\nimport c from "./c.js";\n',
    after:
      'import fs from "node:fs";\nimport { Mutex } from "mooring-runtime";\n\nimport c from "./c.js";\n',
  },
  "files of one's own only": {
    before: 'import c from "./c.js";\nimport d from "@/d.js";\n',
    after:
      'import { Mutex } from "mooring-runtime";\nimport c from "./c.js";\nimport d from "@/d.js";\n',
  },
  "an import for what it does": {
    before: 'import "./polyfill.js";\nimport c from "./c.js";\n',
    after:
      'import "./polyfill.js";\nimport { Mutex } from "mooring-runtime";\nimport c from "./c.js";\n',
  },
  "a comment above the first import": {
    before: "// Must come first.\nimport './env.js';\nimport c from './c.js';\n",
    after:
      "// Must come first.\nimport './env.js';\nimport { Mutex } from 'mooring-runtime';\nimport c from './c.js';\n",
  },
  "a comment above a later import": {
    before: 'import a from "fastify";\n// Validation\nimport b from "zod";\n',
    after:
      'import a from "fastify";\nimport { Mutex } from "mooring-runtime";\n// Validation\nimport b from "zod";\n',
  },
  "imports that do not stand together": {
    before: 'import a from "fastify";\nrun();\nimport b from "./b.js";\n',
    after:
      'import a from "fastify";\nimport { Mutex } from "mooring-runtime";\nrun();\nimport b from "./b.js";\n',
  },
  "two statements on a line": {
    before: 'import a from "fastify"; run();\n',
    after: 'import a from "fastify";\nimport { Mutex } from "mooring-runtime";\n run();\n',
  },
};

const joins: Readonly<Record<string, Example>> = {
  "names in order": {
    before: 'import { channel, scope } from "mooring-runtime";\n',
    after: 'import { channel, Mutex, scope } from "mooring-runtime";\n',
  },
  "names in no order": {
    before: 'import { scope, channel } from "mooring-runtime";\n',
    after: 'import { scope, channel, Mutex } from "mooring-runtime";\n',
  },
  "one name": {
    before: 'import { channel } from "mooring-runtime";\n',
    after: 'import { channel, Mutex } from "mooring-runtime";\n',
  },
  "a line for each name": {
    before: "import {\n\tchannel, // of lines\n\tscope,\n} from 'mooring-runtime'\n",
    after: "import {\n\tchannel, // of lines\n\tMutex,\n\tscope,\n} from 'mooring-runtime'\n",
  },
  "a line for each name, at the end": {
    before: "import {\n  channel,\n  limiter,\n} from 'mooring-runtime'\n",
    after: "import {\n  channel,\n  limiter,\n  Mutex,\n} from 'mooring-runtime'\n",
  },
  "empty braces": {
    before: 'import {} from "mooring-runtime";\n',
    after: 'import { Mutex } from "mooring-runtime";\n',
  },
  "a default import": {
    before: 'import runtime from "mooring-runtime";\n',
    after: 'import runtime, { Mutex } from "mooring-runtime";\n',
  },
  "several names at once": {
    needed: [{ name: "timeout" }, { name: "after" }, { name: "Guard", typeOnly: true }],
    before: 'import { channel, scope } from "mooring-runtime";\n',
    after: 'import { after, channel, type Guard, scope, timeout } from "mooring-runtime";\n',
  },
  "an import of types": {
    needed: [{ name: "Guard", typeOnly: true }],
    before: 'import type { Task } from "mooring-runtime";\n',
    after: 'import type { Task, Guard } from "mooring-runtime";\n',
  },
  "a value beside an import of types": {
    before: 'import type { Task } from "mooring-runtime";\n',
    after:
      'import type { Task } from "mooring-runtime";\nimport { Mutex } from "mooring-runtime";\n',
  },
  "a value that is imported as a type": {
    before: 'import type { Mutex, Task } from "mooring-runtime";\n',
    after: 'import { Mutex, type Task } from "mooring-runtime";\n',
  },
  "a name that is imported as a type": {
    before: 'import { channel, type Mutex as Lock } from "mooring-runtime";\n',
    after: 'import { channel, Mutex as Lock } from "mooring-runtime";\n',
    name: "Lock",
  },
  "a namespace beside it": {
    needed: [{ name: "default", as: "runtime" }],
    before: 'import { channel } from "mooring-runtime";\n',
    after: 'import { channel } from "mooring-runtime";\nimport runtime from "mooring-runtime";\n',
    name: "runtime",
  },
};

const known: Readonly<Record<string, Example & { readonly name: string }>> = {
  "by its name": same('import { Mutex } from "mooring-runtime";\n', "Mutex"),
  "by another name": same('import { Mutex as Lock } from "mooring-runtime";\n', "Lock"),
  "through a namespace": same('import * as runtime from "mooring-runtime";\n', "runtime.Mutex"),
  "from a sub-path": same('import { Mutex } from "mooring-runtime/mutex";\n', "Mutex"),
  "as a type, where no more is needed": {
    ...same('import type { Mutex } from "mooring-runtime";\n', "Mutex"),
    needed: [{ name: "Mutex", typeOnly: true }],
  },
  "by require": {
    ...same('const { Mutex: Lock } = require("mooring-runtime");\n', "Lock"),
    file: "/file.cjs",
  },
  "by require of all of it": {
    ...same('const runtime = require("mooring-runtime");\n', "runtime.Mutex"),
    file: "/file.cjs",
  },
  "by import and require": {
    ...same('import runtime = require("mooring-runtime");\n', "runtime.Mutex"),
    file: "/file.cts",
  },
  "as the default": {
    ...same('import limit from "p-limit";\n', "limit"),
    from: "p-limit",
    needed: [{ name: "default", as: "pLimit" }],
  },
  "as what require returns": {
    ...same('const limit = require("p-limit");\n', "limit"),
    from: "p-limit",
    needed: [{ name: "default", as: "pLimit" }],
    file: "/file.cjs",
  },
};

const styles: Readonly<Record<string, Example>> = {
  "single quotes, no semicolons": {
    before: "import a from 'a'\n",
    after: "import a from 'a'\nimport { Mutex } from 'mooring-runtime'\n",
  },
  "quotes and line ends of the code": {
    before: "run('a')\nrun('b')\nrun(\"it's\")\n",
    after: "import { Mutex } from 'mooring-runtime'\n\nrun('a')\nrun('b')\nrun(\"it's\")\n",
  },
  require: {
    file: "/file.js",
    before: "'use strict'\n\nvar fs = require('node:fs')\n\nmodule.exports = fs\n",
    after:
      "'use strict'\n\nvar fs = require('node:fs')\nvar { Mutex } = require('mooring-runtime')\n\nmodule.exports = fs\n",
  },
  "names taken apart by require": {
    file: "/file.js",
    before: "const { channel } = require('mooring-runtime');\n",
    after: "const { channel, Mutex } = require('mooring-runtime');\n",
  },
  "a file that exports by `exports`": {
    file: "/file.js",
    before: "exports.run = () => {};\n",
    after: 'const { Mutex } = require("mooring-runtime");\n\nexports.run = () => {};\n',
  },
  "a package of CommonJS": {
    file: "/file.js",
    moduleKind: "commonjs",
    before: "run();\n",
    after: 'const { Mutex } = require("mooring-runtime");\n\nrun();\n',
  },
  "ECMAScript in a package of CommonJS": {
    file: "/file.js",
    moduleKind: "commonjs",
    before: "export const x = 1;\n",
    after: 'import { Mutex } from "mooring-runtime";\n\nexport const x = 1;\n',
  },
  ".mjs": {
    file: "/file.mjs",
    before: "",
    after: 'import { Mutex } from "mooring-runtime";\n',
  },
  ".cjs": {
    file: "/file.cjs",
    before: "",
    after: 'const { Mutex } = require("mooring-runtime");\n',
  },
  ".cts": {
    file: "/file.cts",
    before: 'import fs = require("node:fs");\n',
    after: 'import fs = require("node:fs");\nimport mooringRuntime = require("mooring-runtime");\n',
    name: "mooringRuntime.Mutex",
  },
  JSX: {
    file: "/file.jsx",
    before: "export const x = <a b='c' d='e'>it's</a>;\n",
    after:
      "import { Mutex } from \"mooring-runtime\";\n\nexport const x = <a b='c' d='e'>it's</a>;\n",
  },
  "a type in JavaScript": {
    file: "/file.js",
    needed: [{ name: "Guard", typeOnly: true }],
    before: "export {};\n",
    after: "export {};\n",
    name: "Guard",
  },
  "types only": {
    needed: [{ name: "Guard", typeOnly: true }],
    before: "",
    after: 'import type { Guard } from "mooring-runtime";\n',
    name: "Guard",
  },
  "a default and a type": {
    needed: [
      { name: "default", as: "pLimit" },
      { name: "LimitFunction", typeOnly: true },
    ],
    from: "p-limit",
    before: "",
    after: 'import pLimit, { type LimitFunction } from "p-limit";\n',
    name: "pLimit",
  },
  "a default by require": {
    needed: [{ name: "default", as: "pLimit" }],
    from: "p-limit",
    file: "/file.cjs",
    before: "",
    after: 'const pLimit = require("p-limit");\n',
    name: "pLimit",
  },
};

const taken: Readonly<Record<string, Example & { readonly name: string }>> = {
  "a variable": {
    before: "const Mutex = 1;\n",
    after: 'import { Mutex as mooringMutex } from "mooring-runtime";\n\nconst Mutex = 1;\n',
    name: "mooringMutex",
  },
  "an import of something else": {
    before: 'import { Mutex } from "async-mutex";\n',
    after:
      'import { Mutex } from "async-mutex";\nimport { Mutex as mooringMutex } from "mooring-runtime";\n',
    name: "mooringMutex",
  },
  "a parameter, and the other name as well": {
    before: "function f(Mutex) { return mooringMutex + Mutex; }\n",
    after:
      'import { Mutex as mooringMutex2 } from "mooring-runtime";\n\nfunction f(Mutex) { return mooringMutex + Mutex; }\n',
    name: "mooringMutex2",
  },
  "a default": {
    needed: [{ name: "default" }],
    from: "p-limit",
    before: "const pLimit = 1;\n",
    after: 'import pLimit2 from "p-limit";\n\nconst pLimit = 1;\n',
    name: "pLimit2",
  },
  "properties and labels take no name": {
    before: "Mutex: for (;;) { a.Mutex({ Mutex: 1 }); break Mutex; }\n",
    after:
      'import { Mutex } from "mooring-runtime";\n\nMutex: for (;;) { a.Mutex({ Mutex: 1 }); break Mutex; }\n',
    name: "Mutex",
  },
  "text that is about to be replaced takes no name": {
    replaced: { start: 0, end: 10 },
    before: "moor-Mutex\n",
    after: 'import { Mutex } from "mooring-runtime";\n\nmoor-Mutex\n',
    name: "Mutex",
  },
};

for (const [title, examples] of Object.entries({ places, joins, known, styles, taken })) {
  describe(title, () => {
    for (const [what, example] of Object.entries(examples)) {
      test(what, () => {
        const { text, written } = added(example);
        expect(text).toBe(example.after);
        if (example.name !== undefined) expect([...written.values()][0]).toBe(example.name);
        // Whoever adds the same again finds it there.
        expect(added({ ...example, before: text }).text).toBe(text);
      });
    }
  });
}

const LINES = [
  "#!/usr/bin/env node",
  "// @ts-check",
  "// About the file.",
  "",
  "'use strict'",
  "/** About what follows. */",
  'import a from "a";',
  "import b, { c } from 'zod' // why",
  "import { channel, scope } from 'mooring-runtime'",
  "import type { Mutex, Task } from 'mooring-runtime'",
  "import { type Mutex as Lock } from 'mooring-runtime';",
  "import * as runtime from 'mooring-runtime'",
  'import "./first.js"',
  "import {\n  d,\n} from './d.js'",
  "const { e } = require('e')",
  "export const f = 1",
  "Mutex: for (;;) break Mutex",
  "const g = { Mutex: 1 }",
] as const;

test("whatever a file looks like, nothing else changes, and adding again adds nothing", () => {
  const lines = fc.uniqueArray(fc.constantFrom(...LINES), { maxLength: 8 });
  const newline = fc.constantFrom("\n", "\r\n");
  const file = fc.constantFrom("/file.ts", "/file.tsx", "/file.js", "/file.cjs");
  const needed = fc.uniqueArray(fc.constantFrom("Mutex", "after", "timeout"), { minLength: 1 });
  fc.assert(
    fc.property(lines, newline, file, needed, (lines, newline, file, names) => {
      // Types cannot be imported in JavaScript.
      const valid = lines.filter((it) => /\.tsx?$/.test(file) || !/\btype\b/.test(it));
      const before = valid.join("\n").replaceAll("\n", newline) + newline;
      const needed = names.map((name) => ({ name }));
      const { text, edits, written } = added({ before, after: "", file, needed });
      for (const [index, it] of edits.entries()) {
        expect(before.slice(it.start, it.end)).toMatch(/^(?:import\s+type\s*|type\s+|\{\s*\})?$/);
        for (const other of edits.slice(index + 1)) expect(overlap(it, other)).toBe(false);
      }
      const known = problems(file, before);
      expect(problems(file, text).filter((it) => !known.includes(it))).toEqual([]);
      expect(text.startsWith("#!")).toBe(before.startsWith("#!"));
      if (newline === "\r\n") expect(text).not.toMatch(/[^\r]\n/);
      const again = added({ before: text, after: "", file, needed });
      expect(again.text).toBe(text);
      expect(again.written).toEqual(written);
    }),
    { numRuns: 200 },
  );
});

function same(text: string, name: string): Example & { readonly name: string } {
  return { before: text, after: text, name };
}

function added({ before, file = "/file.ts", from = "mooring-runtime", ...rest }: Example) {
  const { edits, written } = addImport(parseFile(file, before), from, rest.needed ?? [MUTEX], rest);
  return { text: applyEdits(before, edits), edits, written };
}

/** Of the grammar only. */
function problems(path: string, text: string): readonly string[] {
  const { diagnostics = [] } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: { allowJs: true },
  });
  return diagnostics.map((it) => ts.flattenDiagnosticMessageText(it.messageText, "\n"));
}

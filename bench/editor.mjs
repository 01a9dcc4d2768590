#!/usr/bin/env node
/**
 * How long a real VS Code waits for the extension: until `activate()` is over, as whoever asks for it sees it, with loading and all
 * messages between the editor's processes; and until the language server has answered `initialize`, counted from the activation.
 * Each start is a window of its own with a new extension host.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startEditor } from "../test/editor/editor.mjs";
import { buildSuite, runInHost, TAKES_TESTS } from "../test/editor/host.mjs";
import { installEditor, ROOT } from "../test/editor/install.mjs";
import { FILES } from "../test/editor/workspace.mjs";
import { machine } from "./machine.mjs";
import { median, percentile } from "./statistics.mjs";

const help = `Usage: npm run bench:editor -- [options]

  --starts N   windows that are opened, after one whose times are thrown away (default 7)
  --json       everything, for machines
`;

const { values } = parseArgs({
  options: {
    starts: { type: "string", default: "7" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) {
  console.log(help);
} else {
  process.chdir(ROOT);
  installEditor();
  execFileSync(process.execPath, ["scripts/package-vsix.mjs"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const times = await measure(Number(values.starts));
  const host = machine();
  console.log(
    values.json
      ? JSON.stringify({ date: new Date().toISOString(), machine: host, times }, undefined, 2)
      : page(host, times),
  );
}

async function measure(count) {
  const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
  const vsix = join(ROOT, `dist/${name}-${version}.vsix`);
  const tests = await buildSuite("start");
  const editor = await startEditor({ files: FILES, vsix, flags: TAKES_TESTS });
  const times = [];
  try {
    for (let index = 0; index <= count; index += 1) {
      const lines = [];
      const code = await runInHost(editor, {
        tests,
        folder: editor.workspace,
        say: (text) => lines.push(text),
      });
      if (code !== 0) throw new Error(`The extension did not start: ${lines.join("\n")}`);
      if (index > 0) times.push(JSON.parse(lines[0]));
      console.error(`start ${index} of ${count}`);
    }
  } finally {
    await editor.stop();
  }
  return times;
}

function page(host, times) {
  const row = (name, which) => {
    const all = times.map((it) => it[which]);
    return `${name}: ${median(all).toFixed(0)} ms (median), ${percentile(all, 0.95).toFixed(0)} ms (p95)`;
  };
  return [
    `${host.processor}, ${host.cores} cores, ${times.length} starts in VS Code`,
    row("activate()", "activated"),
    row("initialize answered, from activation", "answered"),
  ].join("\n");
}

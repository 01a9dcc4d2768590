/** Words and tables for people. The same rows serve the terminal and Markdown. */

import { median } from "./statistics.mjs";
import { ownComparisons } from "./tools.mjs";

/** @typedef {import("./rounds.mjs").Row} Row */

const peers = ["eslint", "oxlint"];

/**
 * @param {{ subject: import("./subjects.mjs").Subject, rows: readonly Row[], load: readonly number[] }} result
 * @param {boolean} markdown
 */
export function subjectReport({ subject, rows, load }, markdown) {
  const size = `${subject.files} files, ${subject.lines} lines`;
  const heading = `${subject.name}: ${subject.about} (${size})`;
  const parts = [markdown ? `### ${heading}` : heading, table(costTable(rows), markdown)];
  const compared = ratioTable(rows);
  if (1 < compared.length) parts.push(table(compared, markdown));
  parts.push(`Load of the machine before and after: ${load.join(", ")}.`);
  if (subject.planted !== undefined) {
    const counts = Object.entries(subject.planted).map(([rule, count]) => `${count} ${rule}`);
    parts.push(`Planted: ${counts.join(", ")}.`);
  }
  for (const row of rows) {
    if (row.failure !== undefined) parts.push(`${row.title} failed: ${row.failure}`);
  }
  return parts.join("\n\n");
}

function costTable(rows) {
  const head = ["tool", "CPU s", "wall s", "peak MB", "spread", "findings"];
  return [
    head,
    ...rows.map((row) =>
      row.failure === undefined
        ? [
            row.title,
            row.cpu.toFixed(2),
            row.wall.toFixed(2),
            megabytes(row.memory),
            `${Math.round(row.spread * 100)} %`,
            String(row.findings),
          ]
        : [row.title, "failed", "–", "–", "–", "–"],
    ),
  ];
}

/** Below 1 Mooring is cheaper. */
function ratioTable(rows) {
  const lines = [["ratio", "CPU", "wall", "peak memory"]];
  for (const row of rows) {
    if (!row.tool.startsWith("mooring") || row.failure !== undefined) continue;
    const others = ownComparisons.filter(([own]) => own === row.tool).map(([, other]) => other);
    for (const name of [...peers, ...others]) {
      const peer = rows.find((other) => other.tool === name && other.failure === undefined);
      if (peer === undefined) continue;
      // The median of the rounds' own ratios: what disturbs one round disturbs both of its runs.
      const ratio = (key) => {
        const pairs = row.rounds
          .map((round, index) => [round[key], peer.rounds[index]?.[key]])
          .filter((pair) => pair.every((value) => value !== undefined && 0 < value));
        return pairs.length === 0
          ? "–"
          : times(median(pairs.map(([own, other]) => own / other)), 1);
      };
      lines.push([`${row.tool} / ${name}`, ...["cpu", "wall", "memory"].map(ratio)]);
    }
  }
  return lines;
}

/**
 * CPU per file at each size, and how the cost of one more file changed from the first step to the last. The start-up
 * that every run pays makes the first number fall; the second is free of it.
 *
 * @param {readonly { subject: import("./subjects.mjs").Subject, rows: readonly Row[] }[]} results ascending by size
 */
export function scalingTable(results, markdown) {
  const sizes = results.map((result) => result.subject.files);
  const lines = [
    ["tool", ...sizes.map((files) => `${files} files`), "next file, last step / first step"],
  ];
  for (const { tool, title } of results[0].rows) {
    const rows = results.map((result) => result.rows.find((row) => row.tool === tool));
    if (rows.some((row) => row.failure !== undefined)) {
      lines.push([title, ...sizes.map(() => "failed"), "–"]);
      continue;
    }
    const perFile = rows.map((row, index) => `${((row.cpu / sizes[index]) * 1000).toFixed(2)} ms`);
    lines.push([
      title,
      ...perFile,
      times(marginal(rows, sizes, rows.length - 1), marginal(rows, sizes, 1)),
    ]);
  }
  const heading = "CPU per file as the project grows (linear: the last column stays near 1)";
  return `${markdown ? `### ${heading}` : heading}\n\n${table(lines, markdown)}`;
}

function marginal(rows, sizes, step) {
  return (rows[step].cpu - rows[step - 1].cpu) / (sizes[step] - sizes[step - 1]);
}

/** @param {readonly (readonly string[])[]} lines the first is the head; all columns but the first are numbers */
export function table(lines, markdown) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const padded = lines.map((line) =>
    line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    ),
  );
  if (!markdown) return padded.map((line) => line.join("  ").trimEnd()).join("\n");
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [padded[0], rule, ...padded.slice(1)].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function times(own, other) {
  return own === undefined || other === undefined || other === 0
    ? "–"
    : `${(own / other).toFixed(2)}×`;
}

function megabytes(bytes) {
  return bytes === undefined ? "–" : (bytes / 1e6).toFixed(0);
}

/** Tables for people. */

export { table } from "../report.mjs";

/** One line for each comparison: what we cost, what the other costs, the ratio, and what was promised. */
export function comparison(results) {
  const lines = [["CPU ns per operation", "ours", "against", "", "ratio", "must", "stretch", ""]];
  for (const { title, cpu, goals, failures } of results) {
    for (const [index, goal] of goals.entries()) {
      // A goal is a ratio to another case, or to a number of nanoseconds.
      const other = goal.most ?? cpu[goal.against];
      const ratio = cpu.ours === undefined || other === undefined ? undefined : cpu.ours / other;
      lines.push([
        index === 0 ? title : "",
        index === 0 ? whole(cpu.ours) : "",
        goal.against,
        whole(other),
        ratio === undefined ? "–" : ratio.toFixed(3),
        limit(goal.must),
        limit(goal.stretch),
        verdict(ratio, goal),
      ]);
    }
    for (const [name, value] of Object.entries(cpu)) {
      if (name === "ours" || goals.some((goal) => goal.against === name)) continue;
      lines.push([
        "",
        "",
        name,
        whole(value),
        value === undefined ? "–" : (cpu.ours / value).toFixed(3),
        "",
        "",
        "",
      ]);
    }
    for (const [name, failure] of Object.entries(failures)) {
      lines.push(["", "", `${name} failed: ${failure}`, "", "", "", "", ""]);
    }
  }
  return lines;
}

function verdict(ratio, { must = Infinity, stretch }) {
  if (ratio === undefined) return "?";
  if (must < ratio) return "missed";
  if (stretch === undefined) return "met";
  if (ratio <= stretch) return "met, and stretch";
  return must === Infinity ? "stretch missed" : "met";
}

function whole(value) {
  return value === undefined ? "–" : String(Math.round(value));
}

function limit(value) {
  return value === undefined ? "" : value.toFixed(3);
}

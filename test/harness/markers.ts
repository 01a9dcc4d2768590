/**
 * Markers are comments that say what is expected of the line above:
 *
 *     async function checkout(cart: Cart) {
 *       save(cart);
 *     //^^^^^^^^^^ floating-promise: Nothing waits for this call to `save`.
 *     }
 *
 * The carets cover the reported range. The message may be left out; it is then not compared.
 * A `note` marker stands for a secondary location.
 */
export interface Marker {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly message?: string | undefined;
}

const MARKER = /^(?<indent> *\/\/ *)(?<carets>\^+) (?<label>[\w-]+)(?:: (?<message>.+))?$/;

export function parseMarkers(text: string): { code: string; markers: Marker[] } {
  const code: string[] = [];
  const markers: Marker[] = [];
  let offset = 0;
  let previous = 0;

  for (const line of text.split("\n")) {
    const match = MARKER.exec(line)?.groups;
    if (match === undefined) {
      code.push(line);
      previous = offset;
      offset += line.length + 1;
      continue;
    }
    const { indent = "", carets = "", label = "", message } = match;
    const start = previous + indent.length;
    markers.push({ start, end: start + carets.length, label, message });
  }

  return { code: code.join("\n"), markers };
}

/** The inverse of {@link parseMarkers}. A range over several lines is marked on its first. */
export function renderMarkers(code: string, markers: readonly Marker[]): string {
  const lines: string[] = [];
  let offset = 0;

  for (const line of code.split("\n")) {
    lines.push(line);
    for (const { start, end, label, message } of markers) {
      if (start < offset || offset + line.length < start) continue;
      const carets = "^".repeat(Math.max(1, Math.min(end, offset + line.length) - start));
      const text = message === undefined ? label : `${label}: ${message}`;
      lines.push(`${slashes(start - offset)}${carets} ${text}`);
    }
    offset += line.length + 1;
  }

  return lines.join("\n");
}

function slashes(column: number): string {
  if (column < 2) throw new Error("Indent the code by two columns so that carets fit under it.");
  return "//".padStart(column);
}

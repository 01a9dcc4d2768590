import type { Edit } from "../analysis/edit.ts";

/**
 * The edits that turn one text into another, line by line: as few lines as possible, so that a
 * preview shows what changes, and cursors elsewhere stay where they are.
 */
export function editsBetween(before: string, after: string): readonly Omit<Edit, "file">[] {
  const old = linesOf(before);
  const now = linesOf(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let oldEnd = old.length;
  let nowEnd = now.length;
  while (start < oldEnd && start < nowEnd && old[oldEnd - 1] === now[nowEnd - 1]) {
    oldEnd -= 1;
    nowEnd -= 1;
  }
  const edits: Omit<Edit, "file">[] = [];
  let offset = old.slice(0, start).join("").length;
  for (const hunk of hunksOf(old.slice(start, oldEnd), now.slice(start, nowEnd))) {
    offset += hunk.kept;
    if (hunk.removed === 0 && hunk.text === "") continue;
    edits.push(narrowed(before, { start: offset, end: offset + hunk.removed, text: hunk.text }));
    offset += hunk.removed;
  }
  return edits;
}

/** Without what stays as it is at both ends, so that a preview of `await ` shows just that. */
function narrowed(before: string, { start, end, text }: Omit<Edit, "file">) {
  const most = Math.min(end - start, text.length);
  let front = 0;
  while (front < most && before[start + front] === text[front]) front += 1;
  if (0 < front && (isInside(text, front) || isInside(before, start + front))) front -= 1;
  let back = 0;
  while (back < most - front && before[end - back - 1] === text[text.length - back - 1]) back += 1;
  if (0 < back && (isInside(text, text.length - back) || isInside(before, end - back))) back -= 1;
  return { start: start + front, end: end - back, text: text.slice(front, text.length - back) };
}

/** Whether the offset is between the halves of a character, or of a line break. */
function isInside(text: string, offset: number): boolean {
  const pair = text.slice(offset - 1, offset + 1);
  return pair === "\r\n" || /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(pair);
}

/** With their line breaks. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

interface Hunk {
  /** How many units stay in front of it. */
  kept: number;
  removed: number;
  text: string;
}

/** More lines than this and all of them are one change: nobody reads a preview that long. */
const MOST = 2_000;

/** By the longest common subsequence of lines; what is left after trimming the ends is short. */
function hunksOf(old: readonly string[], now: readonly string[]): readonly Hunk[] {
  if (MOST < old.length || MOST < now.length) {
    return [{ kept: 0, removed: old.join("").length, text: now.join("") }];
  }
  const width = now.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = old.length - 1; 0 <= i; i -= 1) {
    for (let j = now.length - 1; 0 <= j; j -= 1) {
      longest[i * width + j] =
        old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const hunks: Hunk[] = [];
  let hunk: Hunk = { kept: 0, removed: 0, text: "" };
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    const line = old[i];
    const other = now[j];
    if (line !== undefined && line === other) {
      if (0 < hunk.removed || hunk.text !== "") {
        hunks.push(hunk);
        hunk = { kept: 0, removed: 0, text: "" };
      }
      hunk.kept += line.length;
      i += 1;
      j += 1;
    } else if (line !== undefined && (other === undefined || at(i, j + 1) <= at(i + 1, j))) {
      hunk.removed += line.length;
      i += 1;
    } else {
      hunk.text += other ?? "";
      j += 1;
    }
  }
  hunks.push(hunk);
  return hunks;
}

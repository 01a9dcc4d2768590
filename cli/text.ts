import type { Encoding } from "../analysis/decode.ts";

const MARK = "\ufeff";

export function encode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === "utf-8") return Buffer.from(text, "utf8");
  const marked = MARK + text;
  if (encoding === "utf-8 with mark") return Buffer.from(marked, "utf8");
  const bytes = Buffer.from(marked, "utf16le");
  return encoding === "utf-16le" ? bytes : bytes.swap16();
}

/** New lines as the rest of the file has them: what a fix puts in has bare line feeds. */
export function withLineEndsOf(original: string, text: string): string {
  const windows = original.includes("\r\n") && !/(?<!\r)\n/.test(original);
  return windows ? text.replace(/(?<!\r)\n/g, "\r\n") : text;
}

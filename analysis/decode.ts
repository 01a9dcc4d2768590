/** How a text is written in a file, so that it can be written back the same way. */
export type Encoding = "utf-8" | "utf-8 with mark" | "utf-16le" | "utf-16be";

export type Decoded =
  | { readonly text: string; readonly encoding: Encoding }
  | { readonly refused: "binary" | "not UTF-8" };

/** Text from bytes, without the byte order mark; never a guess at an encoding that is not marked. */
export function decode(bytes: Uint8Array): Decoded {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return utf16(bytes, "utf-16le");
  if (first === 0xfe && second === 0xff) return utf16(bytes, "utf-16be");
  if (bytes.includes(0)) return { refused: "binary" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const marked = first === 0xef && second === 0xbb && third === 0xbf;
    return { text, encoding: marked ? "utf-8 with mark" : "utf-8" };
  } catch {
    // The decoder's way to say that these bytes are no UTF-8.
    return { refused: "not UTF-8" };
  }
}

function utf16(bytes: Uint8Array, encoding: "utf-16le" | "utf-16be"): Decoded {
  const text = new TextDecoder(encoding).decode(bytes);
  return text.includes("\0") ? { refused: "binary" } : { text, encoding };
}

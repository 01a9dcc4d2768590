import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CHECKOUT = "declare function save(): Promise<void>;\nsave();\n";

/** What a repository cannot hold well, made before the case with this name runs. */
export const setups: Readonly<Record<string, (folder: string) => void>> = {
  "bad-folder-loop"(folder) {
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "src/a.ts"), CHECKOUT);
    symlinkSync("..", join(folder, "src/up"));
    symlinkSync("a.ts", join(folder, "src/again.ts"));
    symlinkSync("loop", join(folder, "src/loop"));
  },
  "bad-link"(folder) {
    writeFileSync(join(folder, "a.ts"), CHECKOUT);
    symlinkSync("nowhere.ts", join(folder, "b.ts"));
    mkdirSync(join(folder, "folder.ts"));
    writeFileSync(join(folder, "folder.ts/inside.ts"), CHECKOUT);
  },
  "bad-link-named"(folder) {
    symlinkSync("nowhere.ts", join(folder, "b.ts"));
  },
  "bad-bytes"(folder) {
    writeFileSync(join(folder, "good.ts"), CHECKOUT);
    writeFileSync(join(folder, "binary.ts"), Buffer.from([0x47, 0x00, 0x11, 0x10]));
    writeFileSync(join(folder, "latin1.ts"), Buffer.from("// caf\u00e9\n", "latin1"));
    writeFileSync(join(folder, "large.js"), `save("${"x".repeat(5 * 1024 * 1024)}");\n`);
    writeFileSync(join(folder, "translation.ts"), '<?xml version="1.0"?>\n<TS></TS>\n');
    writeFileSync(join(folder, "little.ts"), utf16(CHECKOUT));
    writeFileSync(join(folder, "big.ts"), utf16(CHECKOUT).swap16());
    writeFileSync(join(folder, "marked.ts"), `\ufeff${CHECKOUT}`);
  },
  "fix-keeps-encoding"(folder) {
    const text = [
      "declare function save(): Promise<void>;",
      "export async function checkout() {",
      "  save();",
      "}",
      "",
    ].join("\r\n");
    writeFileSync(join(folder, "marked.ts"), `\ufeff${text}`);
    writeFileSync(join(folder, "little.ts"), utf16(text));
    chmodSync(join(folder, "marked.ts"), 0o755);
    symlinkSync("marked.ts", join(folder, "alias.ts"));
  },
};

function utf16(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, "utf16le");
}

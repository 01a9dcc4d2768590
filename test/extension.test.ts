import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../client/commands-table.ts";
import { WALKTHROUGH } from "../client/walkthrough-table.ts";

// What can be said about the extension without an editor. The rest is in test/editor/ and
// test/extension/, which `npm run test:editor` runs in a real one.

const manifest: Readonly<Record<string, unknown>> = json("package.json");
const kilobyte = 1024;

describe("translations", () => {
  const bundle = json("l10n/bundle.l10n.de.json");
  const sources = readdirSync("client").filter((it) => it.endsWith(".ts"));
  const texts = sources.flatMap((file) =>
    [...readFileSync(`client/${file}`, "utf8").matchAll(/l10n\.t\(\s*("(?:[^"\\]|\\.)*")/g)].map(
      (it): unknown => JSON.parse(it[1] ?? ""),
    ),
  );

  test("there is one for each text of the client, and none for others", () => {
    expect(Object.keys(bundle).toSorted()).toEqual([...new Set(texts)].toSorted());
  });

  test("keep the places for values", () => {
    for (const [text, translation] of Object.entries(bundle)) {
      expect(placesIn(String(translation)), text).toEqual(placesIn(text));
    }
  });

  test("every text of the client can be translated", () => {
    for (const file of sources) {
      expect(readFileSync(`client/${file}`, "utf8"), file).not.toMatch(/l10n\.t\(\s*[`'a-z]/);
    }
  });

  test("each step of the walkthrough has its page, in both languages", () => {
    for (const { id } of WALKTHROUGH.steps) {
      expect(existsSync(`client/walkthrough/${id}.md`), id).toBe(true);
      expect(existsSync(`client/walkthrough/${id}.nls.de.md`), id).toBe(true);
    }
  });
});

describe("the manifest", () => {
  test("activates on code and on configurations only", () => {
    for (const it of strings(manifest["activationEvents"])) {
      expect(it).toMatch(
        /^onLanguage:(type|java)script(react)?$|^workspaceContains:.*mooring\.config/,
      );
    }
  });

  test("binds no key", () => {
    expect(manifest["contributes"]).not.toHaveProperty("keybindings");
  });

  test("shows a picture of the right size", () => {
    const icon = readFileSync(String(manifest["icon"]));
    expect(icon.subarray(1, 4).toString("latin1")).toBe("PNG");
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([256, 256]);
  });

  test("has a command for each one that the walkthrough offers", () => {
    for (const { command } of WALKTHROUGH.steps) expect(COMMANDS).toHaveProperty([command]);
  });
});

describe("what is shipped", () => {
  test("the client is small", () => {
    const size = statSync("dist/client.cjs").size + statSync("dist/client-connection.cjs").size;
    expect(size / kilobyte).toBeLessThan(450);
  });

  test("activating loads nothing but the client's own code", () => {
    expect(statSync("dist/client.cjs").size / kilobyte).toBeLessThan(40);
    const text = readFileSync("dist/client.cjs", "utf8");
    const loaded = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map((it) => it[1]);
    expect(new Set(loaded)).toEqual(new Set(["vscode", "node:url", "./client-connection.cjs"]));
  });

  const packed = existsSync("dist") ? readdirSync("dist").filter((it) => it.endsWith(".vsix")) : [];
  for (const file of packed) {
    test(`${file} is small, and holds what it needs`, () => {
      const content = readFileSync(`dist/${file}`);
      expect(content.length / kilobyte / kilobyte).toBeLessThan(2.5);
      const names = namesInZip(content);
      for (const it of NEEDED) expect(names).toContain(`extension/${it}`);
      for (const it of names) expect(it).toMatch(ALLOWED);
    });
  }
});

const NEEDED = [
  "package.json",
  "package.nls.json",
  "package.nls.de.json",
  "dist/client.cjs",
  "dist/client-connection.cjs",
  "dist/server.cjs",
  "dist/server-core.cjs",
  "dist/compiler.cjs",
  "rules/floating-promise/floating-promise.md",
  "schema/mooring.config.schema.json",
  "l10n/bundle.l10n.de.json",
  "images/icon.png",
  "client/walkthrough/see.md",
  "client/walkthrough/sample.ts.txt",
  "LICENSE.txt",
];

const ALLOWED =
  /^(\[Content_Types\]\.xml|extension\.vsixmanifest|extension\/(dist\/(((client|server)[\w-]*|compiler)\.cjs|THIRD-PARTY-NOTICES\.txt)|rules\/[a-z-]+\/[a-z-]+\.md|client\/walkthrough\/.+|snippets\/\w+\.json|schema\/.+|l10n\/.+|images\/icon\.png|package(\.nls.*)?\.json|readme\.md|changelog\.md|LICENSE\.txt))$/;

/** From the list at the end of the file, which is all of the format that is needed here. */
function namesInZip(content: Buffer): string[] {
  const end = content.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  const count = content.readUInt16LE(end + 10);
  let at = content.readUInt32LE(end + 16);
  const names: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = content.readUInt16LE(at + 28);
    names.push(content.toString("utf8", at + 46, at + 46 + length));
    at += 46 + length + content.readUInt16LE(at + 30) + content.readUInt16LE(at + 32);
  }
  return names;
}

function placesIn(text: string): string[] {
  return [...text.matchAll(/\{\d\}/g)].map((it) => it[0]).toSorted();
}

function json(path: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

// The licences of the packages inside our bundles, which ask to be shipped along.

import { existsSync, readdirSync, readFileSync } from "node:fs";

/** The text to ship, given the paths of all files that went into the bundles. */
export function noticesFor(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const sections = [...folders].toSorted((a, b) => a.localeCompare(b)).map((it) => sectionOf(it));
  return `Mooring contains the following packages.\n\n${sections.join(`\n${"-".repeat(72)}\n\n`)}`;
}

function sectionOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const texts = readdirSync(folder)
    .filter((it) => /^(licen[cs]e|notice|thirdpartynotice)/i.test(it))
    .map((it) => readFileSync(`${folder}/${it}`, "utf8").trim());
  // ts-morph carries TypeScript inside, under TypeScript's own licence.
  const inner = `${folder}/dist/typescript.js`;
  if (name === "@ts-morph/common" && existsSync(inner)) {
    texts.push(
      "Contains TypeScript, Copyright (c) Microsoft Corporation, under the Apache-2.0 licence:\nhttps://www.apache.org/licenses/LICENSE-2.0",
    );
  }
  return `${name} ${version} (${license})\n\n${texts.join("\n\n")}\n`;
}

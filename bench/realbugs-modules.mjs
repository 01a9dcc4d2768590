/** The packages that the cases of real bugs import, so that their types are known as they were to the authors. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";

/** Types that no file imports and yet every file of their kind relies on. */
const AMBIENT = new Set(["@types/node", "@types/jest", "@types/mocha", "@types/react"]);

/**
 * Installs each repository's packages once, install scripts off, below `<at>/modules`, and links them
 * into every case. One version each, the newest that a case of the repository names: a little off for
 * old cases, and a hundred times less to install.
 *
 * @param {string} at where the cases were written
 * @param {readonly { repo: string, roots: readonly string[] }[]} cases
 */
export function provideModules(at, cases) {
  for (const repo of new Set(cases.map((it) => it.repo))) {
    const folder = join(at, "modules", repo.replace("/", "+"));
    const own = cases.filter((it) => it.repo === repo);
    const roots = own.flatMap(({ roots }) => roots).map((it) => join(at, it));
    if (!existsSync(join(folder, "node_modules"))) install(repo, folder, roots);
    for (const root of roots) {
      const link = join(root, "node_modules");
      if (existsSync(root) && lstatSync(link, { throwIfNoEntry: false }) === undefined) {
        symlinkSync(join(folder, "node_modules"), link, "dir");
      }
    }
  }
}

function install(repo, folder, roots) {
  console.error(`Installing the packages that the cases of ${repo} import…`);
  const wanted = new Map();
  for (const root of roots) {
    if (existsSync(root)) collect(root, wanted);
  }
  mkdirSync(folder, { recursive: true });
  const options = ["--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"];
  for (let attempt = 0; attempt < 10; attempt++) {
    const manifest = { private: true, dependencies: Object.fromEntries([...wanted].toSorted()) };
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    const { status, stderr } = spawnSync("npm", ["install", ...options, "--loglevel=error"], {
      cwd: folder,
      encoding: "utf8",
    });
    if (status === 0) return;
    // Versions get withdrawn, and some names are packages of the repository itself.
    const gone = /matching version found for (@?[^@\s]+)@/.exec(stderr)?.[1];
    const unknown = /registry\.npmjs\.org\/(\S+)/.exec(stderr)?.[1]?.replace("%2f", "/");
    if (gone !== undefined && wanted.get(gone) !== "*") wanted.set(gone, "*");
    else if (!wanted.delete(gone ?? unknown)) {
      console.error(`Not everything could be installed; see ${folder}:\n${stderr}`);
      mkdirSync(join(folder, "node_modules"), { recursive: true });
      return;
    }
  }
}

/** Adds what the files of a case import and a manifest among them knows. */
function collect(root, wanted) {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile() && !it.parentPath.includes("node_modules"))
    .map((it) => join(it.parentPath, it.name));
  const known = new Map();
  for (const file of files.filter((it) => it.endsWith("package.json"))) {
    const manifest = parsed(readFileSync(file, "utf8"));
    for (const kind of ["peerDependencies", "devDependencies", "dependencies"]) {
      for (const [name, version] of Object.entries(manifest[kind] ?? {})) known.set(name, version);
    }
  }
  const used = new Set();
  for (const file of files.filter((it) => /\.[cm]?[jt]sx?$/.test(it))) {
    const text = readFileSync(file, "utf8");
    for (const [, name] of text.matchAll(IMPORT)) used.add(packageOf(name));
  }
  for (const [name, version] of known) {
    const typesOf = name.startsWith("@types/") ? name.slice(7).replace("__", "/") : undefined;
    const isUsed =
      used.has(name) || AMBIENT.has(name) || used.has(typesOf) || used.has(`@${typesOf}`);
    if (!isUsed || builtinModules.includes(name)) continue;
    if (/^(workspace|link|file|github|git\S*):/.test(version)) continue;
    // "catalog:" is a version that stands elsewhere in the repository.
    const range = /^[\^~>=\d]/.test(version) ? version : "*";
    if (isNewer(range, wanted.get(name))) wanted.set(name, range);
  }
  // Older cases are from before their repository had types for Node.
  if (!wanted.has("@types/node")) wanted.set("@types/node", "^20.0.0");
}

const IMPORT = /(?:from|import|require\(|import\()\s*['"]([^'".][^'"]*)['"]/g;

function packageOf(specifier) {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function isNewer(range, than) {
  if (than === undefined) return true;
  if (range === "*" || than === "*") return false;
  const [a, b] = [range, than].map((it) => it.match(/\d+/g)?.map(Number) ?? []);
  for (let index = 0; index < 3; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return 0 < difference;
  }
  return false;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    // A manifest in conflict, or with comments: another one of the case names the versions.
    return {};
  }
}

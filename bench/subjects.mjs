/**
 * What is measured on. Published packages are used because their text is fixed by a version and comes through npm;
 * their sources are copied out of node_modules, where every linter refuses to look.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { generateProject } from "./generator/project.mjs";

const bench = dirname(fileURLToPath(import.meta.url));
const workFolder = join(bench, ".work");
const modules = join(bench, "node_modules");

/** Part of each copy's stamp: raise it when the way of copying changes, so that old copies are made anew. */
const copyVersion = 2;

/**
 * @typedef {object} Subject
 * @property {string} name
 * @property {string} about one phrase for the report
 * @property {string} directory
 * @property {number} files
 * @property {number} lines
 * @property {Record<string, number>} [planted] defects put into a generated project on purpose, by Mooring's rule
 */

/**
 * @typedef {object} Package
 * @property {string} package
 * @property {string} about
 * @property {readonly RegExp[]} leaveOut paths below src that are not copied, each for the reason written beside it
 * @property {Record<string, unknown>} compilerOptions
 */

/** @type {Record<string, Package>} */
const packages = {
  "trpc-server": {
    package: "@trpc/server",
    about: "RPC server, ordinary async code with generics",
    // Next.js and Fastify are left out because installing them costs more than the whole rest of the benchmark.
    leaveOut: [/^adapters\/next/, /^adapters\/fastify/],
    compilerOptions: {
      module: "esnext",
      moduleResolution: "bundler",
      lib: ["es2023", "dom", "dom.iterable", "esnext.disposable"],
      paths: {
        "@trpc/server": ["./src/@trpc/server/index.ts"],
        "@trpc/server/*": ["./src/@trpc/server/*", "./src/*"],
      },
    },
  },
  mongodb: {
    package: "mongodb",
    about: "database driver, classes full of async methods",
    leaveOut: [],
    compilerOptions: {
      module: "node16",
      moduleResolution: "node16",
      lib: ["es2023"],
      useUnknownInCatchVariables: false,
      useDefineForClassFields: false,
    },
  },
  zod: {
    package: "zod",
    about: "schemas, heavy types and little async",
    // Tests and benchmarks import a test runner that is not installed here.
    leaveOut: [/(^|\/)tests\//, /(^|\/)benchmarks\//, /\.test\.ts$/],
    compilerOptions: {
      module: "nodenext",
      moduleResolution: "nodenext",
      lib: ["es2023", "dom"],
      paths: { zod: ["./src/index.ts"], "zod/v3": ["./src/v3/index.ts"] },
    },
  },
  effect: {
    package: "effect",
    about: "effect system, very heavy types",
    // Two files are nothing but a web page's assets in one string literal of megabytes.
    leaveOut: [/^http-api\/internal\/httpApi(Scalar|Swagger)\.ts$/],
    compilerOptions: {
      module: "nodenext",
      moduleResolution: "nodenext",
      lib: ["esnext", "dom", "dom.iterable"],
      allowImportingTsExtensions: true,
    },
  },
};

/** The names `--subject` takes; `generated-<files>` is understood for any number as well. */
export const subjectNames = [...Object.keys(packages), "generated"];

/**
 * Puts the subject's files in place, or finds them there from an earlier run.
 *
 * @param {string} name
 * @param {number} generatedFiles how many files "generated" stands for
 * @returns {Subject}
 */
export function prepareSubject(name, generatedFiles) {
  const sized = /^generated(?:-(\d+))?$/.exec(name);
  if (sized !== null) return prepareGenerated(Number(sized[1] ?? generatedFiles));
  const wanted = packages[name];
  if (wanted === undefined)
    throw new Error(`No subject is called "${name}". There are: ${subjectNames.join(", ")}.`);
  return preparePackage(name, wanted);
}

/** @returns {Subject} */
function prepareGenerated(files) {
  const name = `generated-${files}`;
  const directory = join(workFolder, name);
  // Always written anew: it takes less than a second, and a run may have been stopped in the middle of an edit.
  startAfresh(directory);
  const project = generateProject({ files, seed: 20_261_121 });
  for (const [path, text] of project.texts) writeText(join(directory, path), text);
  finish(directory, { module: "nodenext", moduleResolution: "nodenext", lib: ["es2023"] });
  return {
    name,
    about: "generated service code in layers",
    directory,
    ...size(directory),
    planted: project.planted,
  };
}

/**
 * @param {string} name
 * @param {Package} wanted
 * @returns {Subject}
 */
function preparePackage(name, wanted) {
  const source = join(modules, ...wanted.package.split("/"));
  const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const directory = join(workFolder, name);
  const stampFile = join(directory, "copied-from.txt");
  const stamp = `${wanted.package}@${version} copy ${copyVersion}\n`;
  const described = { name, about: `${wanted.package} ${version}, ${wanted.about}`, directory };

  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp)
    return { ...described, ...size(directory) };

  startAfresh(directory);
  const sourceFolder = join(source, "src");
  for (const path of typescriptFiles(sourceFolder)) {
    const inside = relative(sourceFolder, path);
    if (wanted.leaveOut.some((pattern) => pattern.test(inside))) continue;
    writeText(join(directory, "src", inside), withoutDirectives(readFileSync(path, "utf8")));
  }
  cpSync(join(source, "package.json"), join(directory, "package.json"));
  finish(directory, wanted.compilerOptions);
  writeText(stampFile, stamp);
  return { ...described, ...size(directory) };
}

/**
 * A comment that silences ESLint silences oxlint but not Mooring, which would make the counts of findings and the
 * work behind them differ for a reason that has nothing to do with the tools. Lengths stay as they are.
 */
function withoutDirectives(text) {
  return text.replace(/\b(eslint|oxlint)-(disable|enable)/g, "$1_$2");
}

function startAfresh(directory) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, "src"), { recursive: true });
}

function finish(directory, compilerOptions) {
  const tsconfig = {
    compilerOptions: {
      target: "es2023",
      ...compilerOptions,
      strict: true,
      noImplicitOverride: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node"],
    },
    include: ["src"],
  };
  writeText(join(directory, "tsconfig.json"), `${JSON.stringify(tsconfig, null, 2)}\n`);
  if (!existsSync(join(directory, "package.json"))) {
    writeText(
      join(directory, "package.json"),
      `${JSON.stringify({ private: true, type: "module" })}\n`,
    );
  }
  symlinkSync(modules, join(directory, "node_modules"), "dir");
  // Our own .gitignore hides .work, and tools that honour it would find nothing to do. They stop looking upwards
  // at the top of a repository, so each subject is made to look like one.
  mkdirSync(join(directory, ".git", "objects"), { recursive: true });
  mkdirSync(join(directory, ".git", "refs"));
  writeText(join(directory, ".git", "HEAD"), "ref: refs/heads/main\n");
}

function writeText(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function size(directory) {
  const paths = typescriptFiles(join(directory, "src"));
  let lines = 0;
  for (const path of paths) lines += readFileSync(path, "utf8").split("\n").length;
  return { files: paths.length, lines };
}

/** Declaration files are left out: nobody's linter spends its time there. */
function typescriptFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        /\.(ts|tsx|mts|cts)$/.test(entry.name) &&
        !/\.d\.[mc]?ts$/.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

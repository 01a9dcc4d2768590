import { Command, CommanderError } from "commander";
import type { Rule } from "../analysis/rule.ts";
import { ALLOW_RULES } from "../analysis/suppressions.ts";
import { type CheckFlags, checkOptions, FORMATS } from "./check-options.ts";
import { explain } from "./commands/explain.ts";
import { init } from "./commands/init.ts";
import { listRules } from "./commands/rules.ts";
import type { AddFlags, UpdateFlags } from "./commands/runtime.ts";
import { printConfig } from "./commands/config-print.ts";
import { type Paint, paintFor, type Shell } from "./shell.ts";
import { UsageError } from "./usage.ts";
import { version } from "./version.ts";

/** A command that has found out how the process is to end says so here. */
type Finish = (code: number) => void;

/** Runs the command that the arguments name, and gives the exit code. */
export async function runCommand(
  args: readonly string[],
  { environment, ...rest }: Shell,
  rules: readonly Rule[],
): Promise<number> {
  const shell: Shell = { ...rest, environment: { ...environment, ...coloursBy(args) } };
  let code = 0;
  const program = commandLine(shell, rules, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof UsageError)) throw error;
    const paint = paintFor(shell.err, shell);
    shell.err.write(`${paint(["red", "bold"], "error")}  ${error.message}\n`);
    shell.err.write(`       ${paint("dim", error.remedy)}\n`);
    return 2;
  }
}

/** `--color` and `--no-color` in the words of the environment, since errors in arguments have colours, too. */
function coloursBy(args: readonly string[]): Shell["environment"] {
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const wanted = own.findLast((it) => it === "--color" || it === "--no-color");
  return wanted === undefined ? {} : { FORCE_COLOR: wanted === "--color" ? "1" : "0" };
}

function commandLine(shell: Shell, rules: readonly Rule[], finish: Finish): Command {
  const program = new Command("mooring")
    .description("Finds concurrency bugs in TypeScript and JavaScript.")
    .version(version(), "-v, --version", "print the version")
    .option("--color", "print colours, even into a pipe")
    .option("--no-color", "print none, even on a terminal")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => shell.out.write(text),
      writeErr: (text) => shell.err.write(text),
      getOutHelpWidth: () => shell.out.columns ?? 100,
      getErrHelpWidth: () => shell.err.columns ?? 100,
      getOutHasColors: () => paintFor(shell.out, shell)("bold", "") !== "",
      getErrHasColors: () => paintFor(shell.err, shell)("bold", "") !== "",
      outputError: (text, write) => {
        const paint = paintFor(shell.err, shell);
        write(sentences(text, paint));
      },
    })
    .addHelpText(
      "after",
      `
Exit codes: 0 nothing to repair, 1 findings, 2 the run could not tell.
Settings:   mooring.config.json; \`mooring init\` writes one.`,
    );

  addCheck(program, shell, rules, finish);
  program
    .command("explain")
    .description("print the page of a rule: what it finds, why that is wrong, how to repair it")
    .argument("<rule>", "such as floating-promise")
    .action((id: string) => finish(explain(id, shell, rules)));
  program
    .command("rules")
    .description("list all rules")
    .option("--json", "as JSON, for programs")
    .action(({ json }: { readonly json?: true }) =>
      finish(listRules({ json: json === true }, shell, rules)),
    );
  const config = program.command("config").description("look at the configuration");
  config
    .command("print")
    .description("print the settings in force for a file, as JSON")
    .argument("<file>")
    .option("--config <file>", "the configuration to use, instead of the nearest")
    .action((file: string, flags: { readonly config?: string }) =>
      finish(printConfig({ file, config: flags.config }, shell, rules)),
    );
  program
    .command("init")
    .description("write a mooring.config.json to start from")
    .action(() => finish(init(shell, rules)));
  addRuntime(program, shell, finish);
  return program;
}

/** The texts of the primitives are large, and only these commands need them. */
function addRuntime(program: Command, shell: Shell, finish: Finish): void {
  const runtime = program
    .command("runtime")
    .description("primitives of mooring-runtime as files of your own, without a dependency");
  runtime
    .command("list")
    .description("list the primitives there are")
    .option("--json", "as JSON, for programs")
    .action(async ({ json }: { readonly json?: true }) => {
      const { listRuntime } = await import("./commands/runtime.ts");
      finish(listRuntime({ json: json === true }, shell));
    });
  runtime
    .command("add")
    .description("write the file of each primitive; it imports nothing")
    .argument("<primitives...>", "such as mutex, or Mutex")
    .option("--to <folder>", "where (default: beside those there are, or src/mooring)")
    .option("--dry-run", "say what would be written, and write nothing")
    .option("--force", "overwrite what is there, edited or not")
    .action(async (names: string[], flags: AddFlags) => {
      const commands = await import("./commands/runtime.ts");
      finish(commands.addRuntime(names, flags, shell));
    });
  runtime
    .command("status")
    .description("compare the files there are with this version; exit code 1 if one differs")
    .option("--json", "as JSON, for programs")
    .action(async ({ json }: { readonly json?: true }) => {
      const { runtimeStatus } = await import("./commands/runtime.ts");
      finish(runtimeStatus({ json: json === true }, shell));
    });
  runtime
    .command("update")
    .description("bring the files there are to this version; those you have edited stay")
    .argument("[primitives...]", "only these")
    .option("--dry-run", "say what would be updated, and write nothing")
    .option("--diff", "print what would be updated as a patch, and write nothing")
    .option("--force", "overwrite what was edited, too")
    .action(async (names: string[], flags: UpdateFlags) => {
      const { updateRuntime } = await import("./commands/runtime.ts");
      finish(updateRuntime(names, flags, shell));
    });
}

/** The parser's `error: unknown option '--fxi'` and `(Did you mean --fix?)`, as we say such things. */
function sentences(text: string, paint: Paint): string {
  const [first = "", suggestion] = text
    .replace(/^error: /, "")
    .trim()
    .split("\n");
  const message = first.charAt(0).toUpperCase() + first.slice(1).replace(/\.?$/, ".");
  const remedy = suggestion?.replace(/^\(|\)$/g, "") ?? "--help lists what there is.";
  return `${paint(["red", "bold"], "error")}  ${message}\n       ${paint("dim", remedy)}\n`;
}

/** Gathers the values of an option that may be given several times. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** `a, b or c` */
function alternatives(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function addCheck(program: Command, shell: Shell, rules: readonly Rule[], finish: Finish): void {
  const ids = [...rules, ...ALLOW_RULES].map((it) => it.id);
  program
    .command("check")
    .description("check files and folders; without a path, the current folder")
    .argument("[paths...]", "files, folders, and globs in quotes")
    .optionsGroup("What is checked, and how:")
    .option("--profile <name>", "recommended, or strict, instead of what the configuration says")
    .option("--rule <id:level>", "set the level of a rule: off, hint, warning or error", collect)
    .option("--only <ids>", "only these rules, separated by commas", collect)
    .option("--skip <ids>", "all but these rules, separated by commas", collect)
    .option("--config <file>", "the configuration to use, instead of the nearest")
    .option("--no-ignore", "check what .gitignore and the configuration leave out, too")
    .option("--stdin", "check the text that is piped in")
    .option("--stdin-filename <file>", "its name, which decides on settings and project")
    .optionsGroup("Repairs:")
    .option("--fix", "apply the safe fixes to the files")
    .option("--fix-dry-run", "say what --fix would do, and write nothing")
    .option("--diff", "print what --fix would do as a patch, and write nothing")
    .optionsGroup("What is printed:")
    .option("--format <name>", alternatives(FORMATS), "stylish")
    .option("--quiet", "only errors; warnings and hints do not count")
    .option("--verbose", "also what was too large to be followed")
    .option("--max-warnings <number>", "so many warnings are no reason to fail (default: 0)")
    .option("--no-progress", "no progress on the terminal")
    .action(async (paths: string[], flags: CheckFlags) => {
      const options = checkOptions(paths, flags, ids);
      // The compiler takes a while to load, and only this command needs it.
      const { check } = await import("./check.ts");
      finish(await check(options, shell, { rules, version: version() }));
    });
}

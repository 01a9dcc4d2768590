import type { Runner, Test } from "mocha";
import Mocha from "mocha";

/** Runs suites in the extension host; rejects where a test fails. */
export function runSuites(...suites: readonly (() => void)[]): Promise<void> {
  const mocha = new Mocha({ ui: "tdd", timeout: 180_000, reporter: Lines });
  // Gives the functions of the interface to everybody, as Mocha does before it reads a file.
  mocha.suite.emit("pre-require", globalThis, null, mocha);
  for (const it of suites) it();
  return new Promise((resolve, reject) => {
    mocha.run((failures) => {
      print(`∎ ${failures}`);
      if (failures === 0) resolve();
      else reject(new Error(`${failures} of the tests in the extension host failed.`));
    });
  });
}

/** A line per test, marked so that it is found among all that the editor says. */
class Lines {
  constructor(runner: Runner) {
    runner.on("test end", (it) => this.ended(it));
    runner.on("fail", (_, error) => print(reasonsOf(error)));
  }

  private ended(it: Test): void {
    print(`${it.state === "passed" ? "✓" : "✗"} ${it.fullTitle()} (${it.duration ?? 0} ms)`);
  }
}

function reasonsOf(error: Error): string {
  const own = `  ${error.stack ?? error.message}`;
  return error.cause instanceof Error ? `${own}\n  because: ${error.cause.message}` : own;
}

function print(text: string): void {
  console.log(`│${text}`);
}

// What runner.ts and the suites use of Mocha, which lies in the editor's folder and is none of the
// project's dependencies.

declare function suite(title: string, body: () => void): void;
declare function test(title: string, body: () => void | Promise<void>): void;
declare function suiteSetup(body: () => void | Promise<void>): void;

declare module "mocha" {
  export interface Test {
    readonly state?: "passed" | "failed";
    readonly duration?: number;
    fullTitle(): string;
  }
  export interface Runner {
    on(event: "test end", listener: (test: Test) => void): void;
    on(event: "fail", listener: (test: Test, error: Error) => void): void;
  }
  export interface Options {
    readonly ui: "tdd";
    readonly timeout: number;
    readonly reporter: new (runner: Runner) => unknown;
  }
  // oxlint-disable-next-line import/no-default-export -- That is how Mocha exports it.
  export default class Mocha {
    constructor(options: Options);
    readonly suite: { emit(event: "pre-require", context: object, file: null, mocha: Mocha): void };
    run(done: (failures: number) => void): Runner;
  }
}

import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { fixturesIn, workFolder } from "./fixtures.ts";
import { hasToolchain, run } from "./run.ts";

// One package per snippet and a program that runs them all, in the manner of GOPATH: what Debian
// packages is found there, and nothing is downloaded.

const fixtures = fixturesIn("go");
const PACKAGES = "/usr/share/gocode";
const hasGo = hasToolchain(
  "Go",
  ["go version", "gofmt -h", "cc --version"],
  [`${PACKAGES}/src/golang.org/x/sync`, `${PACKAGES}/src/golang.org/x/time`],
);

describe.skipIf(!hasGo)("Go", () => {
  let sources = "";
  let env: Readonly<Record<string, string>> = {};

  beforeAll(() => {
    const folder = workFolder("go", {
      "src/run/main.go": mainGo(),
      ...Object.fromEntries(
        fixtures.map((it) => [`src/patterns/${it.name}/${it.name}.go`, it.text]),
      ),
    });
    sources = join(folder, "src/patterns");
    env = { GO111MODULE: "off", GOPATH: `${folder}:${PACKAGES}`, GOFLAGS: "" };
  });

  test("is formatted", async () => {
    const { output } = await run("gofmt", ["-l", "-d", "."], sources);
    expect(output).toBe("");
  });

  test("is fine with vet", async () => {
    const { status, output } = await run("go", ["vet", "./..."], sources, env);
    expect(status, output).toBe(0);
  }, 120_000);

  test("runs, and the race detector sees nothing", async () => {
    const built = await run("go", ["build", "-race", "-o", "run", "run"], sources, env);
    expect(built.status, built.output).toBe(0);
    const { status, output } = await run("./run", [], sources);
    expect(status, output).toBe(0);
  }, 120_000);
});

function mainGo(): string {
  const runnable = fixtures.filter((it) => !it.endless);
  return `package main

import (
\t"context"
\t"fmt"
\t"os"

${runnable.map(({ name }) => `\tp_${name} "patterns/${name}"\n`).join("")})

func main() {
\trun := func(name string, test func(context.Context) error) {
\t\tif err := test(context.Background()); err != nil {
\t\t\tfmt.Fprintf(os.Stderr, "%s: %v\\n", name, err)
\t\t\tos.Exit(1)
\t\t}
\t}
${runnable.map(({ name }) => `\trun("${name}", p_${name}.Run)\n`).join("")}}
`;
}

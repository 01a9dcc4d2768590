import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { fixturesIn, workFolder } from "./fixtures.ts";
import { hasToolchain, run } from "./run.ts";

// One crate with a module per snippet, against the crates that Debian packages: their folder is a
// cargo registry, so that nothing is downloaded.

const fixtures = fixturesIn("rust");
const REGISTRY = "/usr/share/cargo/registry";
const hasCrates = hasToolchain("Rust", ["cargo --version"], [REGISTRY]);

const CARGO = `[package]
name = "patterns"
version = "0.0.0"
edition = "2021"

[dependencies]
futures = "0.3"
rayon = "1"
tokio = { version = "1", features = ["full", "test-util"] }
tokio-stream = { version = "0.1", features = ["sync", "time"] }
tokio-util = { version = "0.7", features = ["rt"] }

[profile.dev]
debug = false
`;

const CONFIG = `[source.crates-io]
replace-with = "debian"

[source.debian]
directory = "${REGISTRY}"

[net]
offline = true
`;

describe.skipIf(!hasCrates)("Rust", () => {
  let folder = "";
  // Kept from run to run: the dependencies take half a minute.
  const env = { CARGO_TARGET_DIR: join(process.cwd(), ".work/cargo"), CARGO_TERM_COLOR: "never" };

  beforeAll(() => {
    folder = workFolder("rust", {
      "Cargo.toml": CARGO,
      ".cargo/config.toml": CONFIG,
      "src/lib.rs": libRs(),
      ...Object.fromEntries(fixtures.map((it) => [`src/${it.name}.rs`, it.text])),
    });
  });

  test("compiles without a warning", async () => {
    const hasClippy = hasToolchain("Rust (clippy)", ["cargo clippy --version"]);
    const check = [hasClippy ? "clippy" : "check", "--quiet", "--all-targets"];
    const args = hasClippy ? [...check, "--", "-D", "warnings"] : check;
    const { status, output } = await run("cargo", args, folder, env);
    expect(output).toBe("");
    expect(status).toBe(0);
  }, 400_000);

  test("runs", async () => {
    const { status, output } = await run("cargo", ["test", "--quiet"], folder, env);
    expect(status, output).toBe(0);
  }, 400_000);
});

/** A test for each snippet that ends; those that are tests themselves run as well. */
function libRs(): string {
  const tests = fixtures
    .filter((it) => !it.endless)
    .map(
      ({ name }) => `    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn ${name}() -> Result<(), Box<dyn std::error::Error>> {
        crate::${name}::run().await
    }
`,
    );
  return `${fixtures.map(({ name }) => `pub mod ${name};\n`).join("")}
#[cfg(test)]
mod tests {
${tests.join("\n")}}
`;
}

import { eventually, extension, open } from "./helpers.ts";

/** Says how long the extension takes to be there, for bench/editor.mjs. Activates it as code does. */
export async function run(): Promise<void> {
  const start = performance.now();
  const { server } = await extension().activate();
  const activated = performance.now() - start;
  await eventually("the server answers", () => {
    if (server.answeredAfter === undefined) throw new Error("not yet");
  });
  await open("src/checkout.ts");
  console.log(`│${JSON.stringify({ activated, answered: server.answeredAfter })}`);
  console.log("│∎ 0");
}

import { type UnclosedChannel, unclosedBy } from "../../analysis/facts/channels.ts";
import { isTestFile } from "../../analysis/facts/file-roles.ts";
import { lastJump } from "../../analysis/facts/paths.ts";
import { defineRule, type Note } from "../../analysis/rule.ts";
import { sourceFileOf } from "../../analysis/syntax.ts";
import { closeChannel } from "../fixes/close-channel.ts";

// See unclosed-channel.md for what this means to the user.
export const unclosedChannel = defineRule({
  id: "unclosed-channel",
  summary: "A loop goes through a channel whose sender is not closed, so that it never ends.",
  severity: "warning",
  profile: "strict",
  equivalents: [],
  on: {
    kinds: ["VariableDeclaration"],
    where: [
      { child: "name", kinds: ["ObjectBindingPattern"] },
      { child: "initializer", kinds: ["CallExpression", "NewExpression"] },
    ],
  },

  *check(declaration, program) {
    const found = unclosedBy(declaration, program);
    if (found === undefined || isTestFile(sourceFileOf(declaration), program)) return;
    yield {
      at: found.sender,
      message: MESSAGES[found.because](found.sender.text),
      why: "The loop has read all there is, waits for more, and whoever waits for the function waits with it.",
      notes: notesOf(found),
      fixes: closeChannel(found, program),
    };
  },
});

const MESSAGES: Readonly<Record<UnclosedChannel["because"], (sender: string) => string>> = {
  never: (sender) => `Nothing closes \`${sender}\`, so the loop over the channel never ends.`,
  late: (sender) => `\`${sender}\` is closed only behind the loop that waits for its end.`,
  missed: (sender) => `Not every way closes \`${sender}\`, and without that the loop never ends.`,
};

function notesOf({ loop, path }: UnclosedChannel): Note[] {
  const notes = [{ at: loop.expression, message: "waits for the end of the channel" }];
  if (path === undefined) return notes;
  const message =
    path.to === "throw" ? "a failure here leaves without closing it" : "leaves without closing it";
  return [{ at: lastJump(path), message }, ...notes];
}

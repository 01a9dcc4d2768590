import * as v from "valibot";
import { annotationModel, packageModel } from "./model-schema.ts";
import { list, object, oneOf, says, table, text } from "./schema-words.ts";
import type { Level } from "../settings.ts";

// The one table of what a configuration may say. The validator, the JSON schema that editors
// complete from, and the types of the code that reads a configuration all come from it.
//
// A message is the end of a sentence that starts with the path of the value; behind a line break
// follows what to do about it.

/** What the table needs to know of a rule. */
export interface KnownRule {
  readonly id: string;
  readonly summary: string;
}

export type Config = v.InferOutput<ReturnType<typeof configSchema>>;

/** From silent to loud. */
export const LEVELS = ["off", "hint", "warning", "error"] as const satisfies readonly Level[];

export const PROFILES = ["recommended", "strict"] as const;

const profile = says(
  oneOf(PROFILES),
  "Which rules are on: `recommended`, or `strict`, which adds rules that cost more attention.",
);

const globs = list("globs such as `src/**/*.test.ts`", text("a glob"));

/** The settings, given the rules that exist: a rule's id is a key like any other. */
export function configSchema(known: readonly KnownRule[]) {
  const rules = says(
    rulesOf(known),
    "The level of single rules: `off`, `hint`, `warning` or `error`. Wins over the profile.",
  );
  return object("a setting", {
    $schema: v.exactOptional(
      says(text("the path of a JSON schema"), "Where editors find the schema of this file."),
    ),
    profile: v.exactOptional(profile),
    rules: v.exactOptional(rules),
    overrides: v.exactOptional(
      says(
        list("overrides", overrideOf(rules)),
        "Other settings for some of the files. Where several match, the later one wins.",
      ),
    ),
    ignores: v.exactOptional(
      says(
        list("patterns such as `generated/`", text("a pattern")),
        "Files and folders that are not checked, written as in `.gitignore`.",
      ),
    ),
    runtimeFolder: v.exactOptional(
      says(
        text("a folder such as `src/mooring`"),
        "Where fixes put the file of a primitive that neither `mooring-runtime` nor another package has here, relative to the configuration.",
      ),
    ),
    models: v.exactOptional(
      says(
        list("models", packageModel),
        "What functions of other packages do with promises and callbacks, and what they begin, where Mooring does not know it.",
      ),
    ),
    annotations: v.exactOptional(
      says(
        table("declarations by name", v.string(), annotationModel),
        "What `@singleOwner`, `@reentrant` and `@guardedBy` say in comments, for code that cannot carry them: by `Class`, `Class.member` or `name`.",
      ),
    ),
  });
}

function overrideOf<S extends v.GenericSchema>(rules: S) {
  return object("a setting of an override", {
    files: says(globs, "The files that this override is for, relative to the configuration."),
    ignores: v.exactOptional(says(globs, "Files among them that it is not for.")),
    profile: v.exactOptional(profile),
    rules: v.exactOptional(rules),
  });
}

function rulesOf(known: readonly KnownRule[]) {
  // Made per rule, since the words differ; typed by hand, since the ids are not known here.
  const levels: Record<string, v.ExactOptionalSchema<v.GenericSchema<Level>, undefined>> = {};
  for (const { id, summary } of known) levels[id] = v.exactOptional(says(oneOf(LEVELS), summary));
  return object("a rule", levels);
}

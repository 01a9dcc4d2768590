import { toJsonSchema } from "@valibot/to-json-schema";
import { configSchema, type KnownRule } from "../analysis/config/schema.ts";
import { ALLOW_RULES } from "../analysis/suppressions.ts";

/** The JSON schema by which editors complete and check `mooring.config.json`. */
export function configSchemaFile(rules: readonly KnownRule[]): string {
  // Objects are described behind the check that they are no list; the last step is the shape.
  const schema = toJsonSchema(configSchema([...rules, ...ALLOW_RULES]), { typeMode: "output" });
  const described = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Configuration of Mooring",
    // Editors let a .json file have comments where its schema says so.
    allowComments: true,
    allowTrailingCommas: true,
    ...schema,
  };
  return `${JSON.stringify(described, undefined, 2)}\n`;
}

import { fail, ok, type Result } from "./result.js";

export interface Schema<Output> {
  parse(input: unknown, path?: string): Result<Output, string[]>;
}

export type Infer<Wanted> = Wanted extends Schema<infer Output> ? Output : never;
export type Shape = Readonly<Record<string, Schema<unknown>>>;
export type ShapeOutput<Wanted extends Shape> = { [Key in keyof Wanted]: Infer<Wanted[Key]> };

export const text: Schema<string> = primitive("a text", (input) => typeof input === "string");
export const number: Schema<number> = primitive("a number", (input) => typeof input === "number");
export const flag: Schema<boolean> = primitive(
  "true or false",
  (input) => typeof input === "boolean",
);

export const instant: Schema<Date> = {
  parse(input, path = "input") {
    const date = new Date(String(input));
    return Number.isNaN(date.getTime()) ? fail([`${path} is no date`]) : ok(date);
  },
};

export function optional<Output>(schema: Schema<Output>): Schema<Output | undefined> {
  return {
    parse: (input, path) => (input === undefined ? ok(undefined) : schema.parse(input, path)),
  };
}

export function list<Output>(schema: Schema<Output>): Schema<Output[]> {
  return {
    parse(input, path = "input") {
      if (!Array.isArray(input)) return fail([`${path} is no list`]);
      const problems: string[] = [];
      const values: Output[] = [];
      input.forEach((item: unknown, index) => {
        const result = schema.parse(item, `${path}[${index}]`);
        if (result.ok) values.push(result.value);
        else problems.push(...result.error);
      });
      return problems.length === 0 ? ok(values) : fail(problems);
    },
  };
}

export function oneOf<const Options extends readonly string[]>(
  options: Options,
): Schema<Options[number]> {
  return primitive(options.join(" or "), (input) => options.includes(String(input)));
}

export function object<const Wanted extends Shape>(shape: Wanted): Schema<ShapeOutput<Wanted>> {
  return {
    parse(input, path = "input") {
      if (typeof input !== "object" || input === null) return fail([`${path} is no object`]);
      const output: Record<string, unknown> = {};
      const problems: string[] = [];
      for (const [key, schema] of Object.entries(shape)) {
        const result = schema.parse((input as Record<string, unknown>)[key], `${path}.${key}`);
        if (result.ok) output[key] = result.value;
        else problems.push(...result.error);
      }
      return problems.length === 0 ? ok(output as ShapeOutput<Wanted>) : fail(problems);
    },
  };
}

function primitive<Output>(wanted: string, test: (input: unknown) => boolean): Schema<Output> {
  return {
    parse: (input, path = "input") =>
      test(input) ? ok(input as Output) : fail([`${path} is not ${wanted}`]),
  };
}

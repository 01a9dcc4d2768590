import { AppError } from "./errors.js";

export type Source = Readonly<Record<string, string | undefined>>;
export type Reader<Value> = (raw: string) => Value | undefined;

export const readers = {
  text: (raw: string) => raw,
  number: (raw: string) => (Number.isFinite(Number(raw)) ? Number(raw) : undefined),
  flag: (raw: string) => (raw === "true" ? true : raw === "false" ? false : undefined),
} satisfies Record<string, Reader<unknown>>;

export function readConfig<Wanted extends Record<string, Reader<unknown>>>(
  source: Source,
  wanted: Wanted,
): { readonly [Key in keyof Wanted]: Exclude<ReturnType<Wanted[Key]>, undefined> } {
  const values: Record<string, unknown> = {};
  for (const [name, reader] of Object.entries(wanted)) {
    const raw = source[name];
    const value = raw === undefined ? undefined : reader(raw);
    if (value === undefined)
      throw new AppError("invalid", `The setting ${name} is missing or wrong.`);
    values[name] = value;
  }
  return values as { readonly [Key in keyof Wanted]: Exclude<ReturnType<Wanted[Key]>, undefined> };
}

/** Texts by path, and how many defects were planted, by rule. */
export function generateProject(options: { readonly files: number; readonly seed: number }): {
  readonly texts: ReadonlyMap<string, string>;
  readonly planted: Readonly<Record<string, number>>;
};

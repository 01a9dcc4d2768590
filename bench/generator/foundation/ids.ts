/** An identifier of one kind of thing cannot be passed where another kind is wanted. */
export type Id<Kind extends string> = string & { readonly kind: Kind };

let counter = 0;

export function newId<Kind extends string>(kind: Kind): Id<Kind> {
  counter += 1;
  return `${kind}_${Date.now().toString(36)}${counter.toString(36)}` as Id<Kind>;
}

export function parseId<Kind extends string>(kind: Kind, text: string): Id<Kind> | undefined {
  return text.startsWith(`${kind}_`) ? (text as Id<Kind>) : undefined;
}

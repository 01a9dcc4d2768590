export const RUNTIME: string;
export function runtimeFiles(): string[];
export function packageEntries(): { readonly path: string; readonly file: string }[];
export function vendoredEntries(): { readonly name: string; readonly file: string }[];

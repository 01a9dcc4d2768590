// Paths are absolute with forward slashes, on every system: `/work/shop/cart.ts`, `C:/shop/cart.ts`.

export function folderOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at <= 0 ? "/" : path.slice(0, at);
}

/** The folder above; undefined for the topmost. */
export function parentOf(folder: string): string | undefined {
  const at = folder.lastIndexOf("/");
  if (at < 0 || folder === "/") return undefined;
  return at === 0 ? "/" : folder.slice(0, at);
}

export function inside(folder: string, name: string): string {
  return folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`;
}

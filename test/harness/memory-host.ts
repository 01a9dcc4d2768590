import type { Host } from "../../analysis/host.ts";

/** A host over texts in memory. Folders are there as soon as a file is in them. */
export function memoryHost(files: Readonly<Record<string, string>>, folder = "/"): Host {
  const texts = new Map(Object.entries(files));
  const inside = (path: string) => (path.endsWith("/") ? path : `${path}/`);
  return {
    caseSensitive: true,
    folder,
    read: (path) => texts.get(path),
    isFile: (path) => texts.has(path),
    isFolder: (path) => [...texts.keys()].some((it) => it.startsWith(inside(path))),
    list(path) {
      const entries = new Map<string, boolean>();
      for (const it of texts.keys()) {
        if (!it.startsWith(inside(path))) continue;
        const [name = "", ...rest] = it.slice(inside(path).length).split("/");
        entries.set(name, rest.length > 0);
      }
      return [...entries].map(([name, isFolder]) => ({ name, isFolder }));
    },
    realPath: (path) => path,
  };
}

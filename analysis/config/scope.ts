import ignore from "ignore";
import { Minimatch } from "minimatch";
import type { Level, Settings } from "../settings.ts";
import { RECOMMENDED } from "../settings.ts";
import type { Config } from "./schema.ts";

/** A configuration as it bears on single files. Paths are relative to the configuration's folder. */
export interface Scope {
  settingsFor(path: string): Settings;
  /** Whether `ignores` names the file or folder itself; those around it are asked separately. */
  ignores(path: string, isFolder: boolean): boolean;
}

export function scopeOf(config: Config): Scope {
  const ignored = ignore().add([...(config.ignores ?? [])]);
  const overrides = (config.overrides ?? []).map((settings) => {
    const { files, ignores } = settings;
    return { settings, covers: matcher(files, ignores) };
  });
  // Files with the same overrides get the same object, so that what is derived from it is shared.
  const known = new Map<string, Settings>();

  return {
    settingsFor(path) {
      const matching = overrides.filter((it) => it.covers(path));
      const key = matching.map((it) => overrides.indexOf(it)).join();
      let settings = known.get(key);
      if (settings === undefined)
        known.set(key, (settings = merged([config, ...matching.map((it) => it.settings)])));
      return settings;
    },
    ignores(path, isFolder) {
      // A path outside of the folder is not the configuration's business.
      if (!ignore.isPathValid(path)) return false;
      return ignored.ignores(isFolder ? `${path}/` : path);
    },
  };
}

/** Later ones win, setting by setting. */
function merged(layers: readonly Pick<Config, "profile" | "rules">[]): Settings {
  let { profile } = RECOMMENDED;
  const rules: Record<string, Level> = {};
  for (const layer of layers) {
    profile = layer.profile ?? profile;
    for (const [id, level] of Object.entries(layer.rules ?? {})) {
      if (level !== undefined) rules[id] = level;
    }
  }
  return { profile, rules };
}

function matcher(files: readonly string[], ignores: readonly string[] = []) {
  const wanted = files.map(compiled);
  const unwanted = ignores.map(compiled);
  return (path: string) =>
    wanted.some((it) => it.match(path)) && !unwanted.some((it) => it.match(path));
}

/** A glob without a slash is about file names, wherever the file is. */
function compiled(glob: string): Minimatch {
  return new Minimatch(glob.replace(/^\.\//, ""), { dot: true, matchBase: true, nocomment: true });
}

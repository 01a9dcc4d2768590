import { loaded } from "./loaded.mjs";

/**
 * The one place where the benchmark touches the analyser's own interface, as the language server does.
 *
 * @typedef {object} Finding
 * @property {string} rule the rule's id, such as floating-promise
 *
 * @typedef {object} Core
 * @property {(path: string, text: string) => readonly Finding[] | Promise<readonly Finding[]>} edit
 *   takes a file's new text, as an editor sends it, and returns the findings of that file
 *   (paths are absolute)
 * @property {() => readonly Finding[] | Promise<readonly Finding[]>} [settle]
 *   the findings of every other file that the last edit can have changed; without it that half is not measured
 * @property {() => void} [close]
 */

/**
 * Opens the project of a folder with a tsconfig.json, with every rule on, or some, ready to take edits.
 *
 * @param {string} directory
 * @param {readonly string[]} [only] the ids of rules
 * @returns {Promise<Core>}
 */
export async function openCore(directory, only) {
  const { open } = await loaded("core");
  return open(directory, only);
}

import { pathToFileURL } from "node:url";

/**
 * The runtime that is tested, as a folder with the layout of `runtime/`: the sources themselves, or what somebody has who
 * installed the package or added files; see `builds.ts`. Imports of the sources by the tests lead there as well.
 */
export const subject: URL =
  process.env["MOORING_RUNTIME"] === undefined
    ? new URL("../../runtime/", import.meta.url)
    : pathToFileURL(`${process.env["MOORING_RUNTIME"]}/`);

/** Whether each primitive is a file of its own, which shares nothing with the others. */
export const isVendored: boolean = process.env["MOORING_RUNTIME"]?.endsWith("vendored") === true;

import type { PackageModel } from "./primitive.ts";

/** What ships with Mooring; a user's configuration is added behind it. */
export const packages: readonly PackageModel[] = [];

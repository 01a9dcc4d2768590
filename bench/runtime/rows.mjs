import { rows as cancellation } from "./cases/cancellation.mjs";
import { rows as channels } from "./cases/channels.mjs";
import { rows as explorer } from "./cases/explorer.mjs";
import { rows as limits } from "./cases/limits.mjs";
import { rows as locks } from "./cases/locks.mjs";
import { rows as time } from "./cases/time.mjs";
import { rows as workers } from "./cases/workers.mjs";

export const rows = [
  ...locks,
  ...cancellation,
  ...limits,
  ...channels,
  ...time,
  ...workers,
  ...explorer,
];

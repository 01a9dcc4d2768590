import { arrivals } from "./arrivals.ts";
import { connections } from "./connections.ts";
import { electron, vscode } from "./desktop.ts";
import { dom } from "./dom.ts";
import { ecmascript } from "./ecmascript.ts";
import { emitters } from "./emitters.ts";
import { endings } from "./endings.ts";
import { events } from "./events.ts";
import { errorEvents } from "./error-events.ts";
import { lazyQueries } from "./lazy-queries.ts";
import { limits } from "./limits.ts";
import { locks } from "./locks.ts";
import { mooringRuntime } from "./mooring-runtime.ts";
import { node } from "./node.ts";
import { platformPairs } from "./platform-pairs.ts";
import type { PackageModel } from "./primitive.ts";
import { react } from "./react.ts";
import { resources } from "./resources.ts";
import { routers } from "./routers.ts";
import { scopes } from "./scopes.ts";
import { servers } from "./servers.ts";
import { signals } from "./signals.ts";
import { testRunners } from "./test-runners.ts";
import { timerPromises, timers } from "./timers.ts";

/** What ships with Mooring; a user's configuration is added behind it. */
export const packages: readonly PackageModel[] = [
  ecmascript,
  timers,
  timerPromises,
  emitters,
  dom,
  ...node,
  ...testRunners,
  ...routers,
  ...servers,
  ...lazyQueries,
  electron,
  vscode,
  react,
  ...limits,
  ...locks,
  ...events,
  mooringRuntime,
  ...endings,
  ...platformPairs,
  ...errorEvents,
  ...signals,
  ...resources,
  ...connections,
  ...arrivals,
  ...scopes,
];

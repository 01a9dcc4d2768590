/**
 * The testing kit of `mooring-runtime`: runs a test under many interleavings, in virtual time.
 * README.md says what that proves, and what it does not.
 */
export { explore, type Explored, type ExploreOptions, type Test } from "./explore.ts";
export { type Io, type IoOptions, SimulatedFault } from "./io.ts";
export { detectRaces, type Race } from "./races.ts";
export type { Points } from "./run.ts";
export type { Sim } from "./sim.ts";
export { ScheduleMismatch } from "./strategies.ts";
export type { SimOutcome, SimTask } from "./task.ts";
export { InterleavingError, type TraceStep } from "./witness.ts";

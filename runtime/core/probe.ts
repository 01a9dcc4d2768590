// Where `trace` listens; in a copy that has no `trace`, nobody does. The rest of the package asks one question, whether anybody does, and only when it starts a
// task or really has to wait; without a trace that is all it costs.

export interface Probe {
  /** Runs the body of a task, so that what it waits for and starts is known to be its own. */
  task<T>(id: number, name: string | undefined, body: () => T): T;
  ended(id: number): void;

  /** The current task waits for the promise, at the kind of thing that `on` names. */
  waits(on: string, promise: Promise<unknown>): void;
}

export const probe: { current: Probe | undefined } = { current: undefined };

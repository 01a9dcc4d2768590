// Where `trace` and `detectDeadlocks` listen; in a copy that has neither, nobody does. The rest of the package asks one
// question, whether anybody does, and only when it starts a task, takes a lock or really has to wait; without a listener
// that is all it costs.

export interface Probe {
  /** Runs the body of a task, so that what it waits for and starts is known to be its own. */
  task<T>(id: number, name: string | undefined, body: () => T): T;
  ended(id: number): void;

  /** The current task waits for the promise, at the kind of thing that `on` names. */
  waits(on: string, promise: Promise<unknown>): void;

  /** The current task asks for the lock, and holds it from the grant on. */
  acquires(lock: object, on: string, grant: Promise<Held>): void;

  /** Runs the body as one that has the lock. */
  holds<T>(lock: object, on: string, held: Held, body: () => T): T;
}

export interface Held {
  readonly held: boolean;
}

export const probe: { current: Probe | undefined } = { current: undefined };

import { Flight } from "../core/flight.ts";
import { throwIfAborted } from "../core/signals.ts";
import type { Cancellable, Work } from "../core/types.ts";

/**
 * A value that is made when it is first needed, once, however many ask for it at the same time.
 *
 * - **One run.** Callers that come while the value is being made wait for that run.
 * - **Errors.** A run that fails rejects all who wait for it and leaves the cell empty: the next caller tries again.
 * - **Cancellation.** A caller's signal ends that caller's wait. The work is told to stop only when all callers have
 *   left; who comes after that starts a new run.
 * - **Cost.** O(1), and one promise once the value is there; `get` is synchronous.
 *
 * Counterpart of `tokio::sync::OnceCell`.
 *
 * @example
 * const connection = new OnceCell<string>();
 * let opened = 0;
 * const open = async () => `connection ${++opened}`;
 * assert.deepEqual(
 *   await Promise.all([connection.getOrInit(open), connection.getOrInit(open)]),
 *   ["connection 1", "connection 1"],
 * );
 * assert.equal(connection.get(), "connection 1");
 */
export class OnceCell<T> {
  private content: { readonly value: T } | undefined = undefined;
  private flight: Flight<T> | undefined = undefined;

  /** The value; undefined while there is none. */
  get(): T | undefined {
    return this.content?.value;
  }

  /** Fills the cell; false if it is full. A run under way goes on, and its callers get what it makes. */
  set(value: T): boolean {
    if (this.content !== undefined) return false;
    this.content = { value };
    return true;
  }

  /** The value, which the function makes if there is none. Rejects with its error, or with `signal.reason`. */
  async getOrInit(init: Work<T>, options?: Cancellable): Promise<T> {
    throwIfAborted(options);
    if (this.content !== undefined) return this.content.value;
    const { flight } = this;
    const running = flight === undefined || flight.abandoned ? this.launch(init) : flight;
    return running.join(options);
  }

  private launch(init: Work<T>): Flight<T> {
    const flight = new Flight<T>();
    this.flight = flight;
    flight.start(init, (outcome) => {
      if (this.flight === flight) this.flight = undefined;
      if (outcome.status === "ok" && !flight.abandoned) this.set(outcome.value);
    });
    return flight;
  }
}

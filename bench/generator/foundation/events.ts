export type Listener<Payload> = (payload: Payload) => void;

export class EventBus<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  async publish<Name extends keyof Events>(name: Name, payload: Events[Name]): Promise<void> {
    await Promise.resolve();
    for (const listener of this.#listeners.get(name) ?? []) listener(payload as never);
  }

  next<Name extends keyof Events>(name: Name): Promise<Events[Name]> {
    return new Promise((resolve) => {
      const stop = this.on(name, (payload) => {
        stop();
        resolve(payload);
      });
    });
  }
}

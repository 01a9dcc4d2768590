export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  run<Value>(task: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

export class KeyedMutex<Key> {
  readonly #locks = new Map<Key, Mutex>();

  run<Value>(key: Key, task: () => Promise<Value>): Promise<Value> {
    let lock = this.#locks.get(key);
    if (lock === undefined) {
      lock = new Mutex();
      this.#locks.set(key, lock);
    }
    return lock.run(task);
  }
}

interface Entry<Value> {
  readonly value: Promise<Value>;
  readonly expires: number;
}

export class Cache<Key, Value> {
  readonly #entries = new Map<Key, Entry<Value>>();

  constructor(private readonly lifetime: number) {}

  getOrLoad(key: Key, load: (key: Key) => Promise<Value>): Promise<Value> {
    const known = this.#entries.get(key);
    if (known !== undefined && Date.now() < known.expires) return known.value;
    const value = load(key);
    this.#entries.set(key, { value, expires: Date.now() + this.lifetime });
    value.catch(() => this.#entries.delete(key));
    return value;
  }

  peek(key: Key): Promise<Value> | undefined {
    return this.#entries.get(key)?.value;
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

export interface Queue<Job> extends AsyncIterable<Job> {
  push(job: Job): Promise<void>;
  close(): void;
  readonly size: number;
}

export class MemoryQueue<Job> implements Queue<Job> {
  readonly #jobs: Job[] = [];
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  get size(): number {
    return this.#jobs.length;
  }

  async push(job: Job): Promise<void> {
    await Promise.resolve();
    this.#jobs.push(job);
    this.#waiting.shift()?.();
  }

  close(): void {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Job> {
    while (true) {
      const job = this.#jobs.shift();
      if (job !== undefined) yield job;
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

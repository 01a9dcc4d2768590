/* oxlint-disable promise/always-return -- The defects are planted. */
import {
  cancelledAboutTheGrant,
  exclusive,
  inOrder,
  type Lock,
  noMessageLost,
  notifiedBefore,
  type Queue,
  type Scenario,
  type Signal,
} from "./scenarios.ts";

// The same scenarios with primitives that have the hazard: were they not found out, the scenarios would prove nothing.

/** Rejects whoever is cancelled, also when the lock was on its way to them. */
class LosesTheGrant implements Lock {
  protected held = false;
  protected readonly queue: (() => void)[] = [];

  async lock({ signal }: { signal?: AbortSignal } = {}): Promise<{ release(): void }> {
    if (this.held) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.held = true;
    await Promise.resolve();
    signal?.throwIfAborted();
    return { release: () => this.unlock() };
  }

  protected unlock(): void {
    const next = this.queue.shift();
    if (next === undefined) this.held = false;
    else next();
  }
}

/** Counts every release. */
class ReleasesTwice extends LosesTheGrant {}

/** Free from the release on, so that whoever comes then is faster than those who wait. */
class LetsOthersIn extends LosesTheGrant {
  protected override unlock(): void {
    this.held = false;
    this.queue.shift()?.();
  }

  override async lock(): Promise<{ release(): void }> {
    while (this.held) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.held = true;
    return { release: () => this.unlock() };
  }
}

/** Wakes only who waits already. */
class Forgets implements Signal {
  private readonly waiting: (() => void)[] = [];

  notified(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  notifyOne(): void {
    this.waiting.shift()?.();
  }
}

/** Gives the message to a receiver that has left. */
class Drops implements Queue {
  private readonly items: number[] = [];
  private readonly waiting: ((item: number) => void)[] = [];

  async send(item: number): Promise<void> {
    const receiver = this.waiting.shift();
    if (receiver === undefined) this.items.push(item);
    else receiver(item);
  }

  async recv({ signal }: { signal?: AbortSignal } = {}): Promise<{ value: number }> {
    const item = this.items.shift();
    if (item !== undefined) return { value: item };
    return new Promise((resolve, reject) => {
      this.waiting.push((value) => resolve({ value }));
      signal?.addEventListener("abort", () => reject(new Error("left")));
    });
  }
}

export const defects: Readonly<Record<string, Scenario>> = {
  "H1 a lock that loses the grant": cancelledAboutTheGrant(() => new LosesTheGrant()),
  "H6 a lock that counts every release": exclusive(() => new ReleasesTwice()),
  "H7 a lock that lets others in": inOrder(() => new LetsOthersIn()),
  "H10 a notification that forgets": notifiedBefore(() => new Forgets()),
  "H21 a channel that drops messages": noMessageLost(() => new Drops()),
};

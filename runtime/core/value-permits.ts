import { Permit, Permits } from "./permits.ts";

/** The constructor's arguments: a lock that owns nothing is made without any. */
export type Owned<T> = [T] extends [void] ? [] : [value: T];

/** Permits over a value that only their holders may touch. */
export class ValuePermits<T> extends Permits {
  value: T;
  readonly total: number;

  constructor(total: number, value: T) {
    super(total, "lock");
    this.total = total;
    this.value = value;
  }

  override guard(count: number): Permit {
    return new ValuePermit(this, count);
  }
}

/** A guard that gives access to the value while it is held. To use the value afterwards would be a race. */
export class ValuePermit<T> extends Permit<ValuePermits<T>> {
  get value(): T {
    return this.place().value;
  }

  set value(value: T) {
    const place = this.place();
    if (this.count !== place.total) throw new TypeError("A guard for reading cannot write.");
    place.value = value;
  }

  /** Turns a guard for writing into one for reading, without anybody in between. */
  downgrade(): Permit {
    const place = this.place();
    this.owner = undefined;
    const guard = place.guard(1);
    place.put(this.count - 1);
    return guard;
  }

  private place(): ValuePermits<T> {
    if (this.owner === undefined) throw new TypeError("The guard has been released already.");
    return this.owner;
  }
}

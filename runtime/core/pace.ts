// A promise that is ready continues before any timer, I/O or abort: a loop that always finds a message ready would
// keep all of them waiting. So after so many ready results, those that follow come by way of the event loop. This is
// tokio's "coop" budget; at one turn in 1,024 results it costs about a nanosecond each.
//
// The turn is one for all: if only the loop that spent the last of the budget had to wait, the others would go on, and
// the event loop would still not come round. And a producer that goes on while its consumer waits fills their channel,
// after which each message finds it full.

const budget = { size: 1024, spent: 0 };

/** Those who wait for the turn; all go on in the order in which they came, as they would have without it. */
let held: (() => void)[] = [];

// Taken when the module is loaded: a test that fakes timers afterwards wants to control its own timers, not these.
const immediate: unknown = Reflect.get(globalThis, "setImmediate");
const later = globalThis.setTimeout;

/** Under the testing kit there is no turn: it decides what comes next, and a count over its runs would not repeat. */
const explorer: unique symbol = Symbol.for("mooring.gates");

function isExplored(): boolean {
  // Sound: nobody but the kit puts something there.
  const kit = Reflect.get(globalThis, explorer) as { readonly busy?: unknown } | undefined;
  return kit?.busy !== undefined;
}

/** Whether a result that is ready must wait for the turn. */
export function mustTurn(): boolean {
  if (++budget.spent < budget.size) return false;
  if (!isExplored()) return true;
  budget.spent = 0;
  return false;
}

/** A promise of a value that is ready. */
export function paced<T>(value: T): Promise<T> {
  return mustTurn() ? turn(value) : Promise.resolve(value);
}

/** Lets timers, I/O and aborts have their turn. */
export function turn(): Promise<void>;
export function turn<T>(value: T): Promise<T>;
export function turn(value?: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    if (held.push(() => resolve(value)) === 1) soon(release);
  });
}

function release(): void {
  const resume = held;
  held = [];
  budget.spent = 0;
  for (const go of resume) go();
}

function soon(callback: () => void): void {
  if (isExplored()) setTimeout(callback);
  else if (typeof immediate === "function") immediate(callback);
  else if (typeof MessageChannel === "undefined") later(callback);
  else {
    // Browsers make nested timeouts wait four milliseconds, and messages not at all.
    const { port1, port2 } = new MessageChannel();
    const onmessage = (): void => {
      port1.close();
      callback();
    };
    // Not `port1.onmessage =`: the types of Node do not know what all its versions have.
    Object.assign(port1, { onmessage });
    port2.postMessage(0);
  }
}

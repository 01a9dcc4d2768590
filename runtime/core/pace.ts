// A promise that is ready continues before any timer, I/O or abort: a loop that always finds a message ready would
// keep all of them waiting. So one ready result in so many comes by way of the event loop. This is tokio's "coop"
// budget; at one turn in 1,024 results it costs about a nanosecond each.

const budget = 1024;
let spent = 0;

// Taken when the module is loaded: a test that fakes timers afterwards wants to control its own timers, not these.
const immediate: unknown = Reflect.get(globalThis, "setImmediate");
const later = globalThis.setTimeout;

/** Lets timers, I/O and aborts have a turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof immediate === "function") immediate(resolve);
    else if (typeof MessageChannel === "undefined") later(resolve, 0);
    else {
      // Browsers make nested timeouts wait four milliseconds, and messages not at all.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    }
  });
}

/** Whether this ready result must come by way of the event loop. */
export function mustTurn(): boolean {
  spent = (spent + 1) % budget;
  return spent === 0;
}

/** A promise of a value that is ready. */
export function paced<T>(value: T): Promise<T> {
  return mustTurn() ? turn().then(() => value) : Promise.resolve(value);
}

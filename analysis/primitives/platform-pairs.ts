import type { PackageModel, PairModel } from "./primitive.ts";

// What the platform begins for us and goes on with until it is told to stop.

/** The same statement about several calls. */
function pairs(names: readonly string[], model: PairModel): Record<string, PairModel> {
  return Object.fromEntries(names.map((name) => [name, model]));
}

export const platformPairs: readonly PackageModel[] = [
  {
    modules: ["lib", "node:timers"],
    pairs: {
      ...pairs(["setInterval", "*.setInterval"], {
        reason: "Ticks until it is cleared, and keeps all that its callback can see.",
        begins: "interval",
        endedBy: ["clearInterval(it)", "clearTimeout(it)", "it.close()"],
      }),
      ...pairs(["setTimeout", "*.setTimeout"], {
        reason:
          "Fires once, and keeps a Node process and all that its callback can see until then.",
        begins: "timer",
        endedBy: ["clearTimeout(it)", "clearInterval(it)", "it.close()"],
        passes: true,
      }),
      ...pairs(["requestAnimationFrame", "*.requestAnimationFrame"], {
        reason: "Called once before the next repaint.",
        begins: "animation frame",
        endedBy: ["cancelAnimationFrame(it)"],
        passes: true,
      }),
      ...pairs(["requestIdleCallback", "*.requestIdleCallback"], {
        reason: "Called once when the browser is idle.",
        begins: "idle callback",
        endedBy: ["cancelIdleCallback(it)"],
        passes: true,
      }),
    },
  },
  {
    modules: ["lib"],
    pairs: {
      "*.addEventListener": {
        reason: "A target keeps its listeners, and all that they can see, as long as it lives.",
        begins: "listener",
        endedBy: ["removeEventListener(same)"],
      },
      ...pairs(["*.on", "*.addListener", "*.prependListener"], {
        reason: "An emitter keeps its listeners, and all that they can see, as long as it lives.",
        begins: "listener",
        endedBy: ["off(same)", "removeListener(same)"],
      }),
      ...pairs(["*.once", "*.prependOnceListener"], {
        reason: "Called for the first such event, and kept until then.",
        begins: "listener",
        endedBy: ["off(same)", "removeListener(same)"],
        passes: true,
      }),
      ...pairs(["MutationObserver", "ResizeObserver", "IntersectionObserver"], {
        reason: "Observes its targets, and is kept by them, until it is disconnected from them.",
        begins: "observer",
        endedBy: ["it.disconnect()", "it.unobserve()"],
      }),
      PerformanceObserver: {
        reason: "The page keeps it until it is disconnected.",
        begins: "observer",
        endedBy: ["it.disconnect()"],
      },
      ...pairs(["WebSocket", "EventSource", "BroadcastChannel", "RTCPeerConnection"], {
        reason: "The connection stays open, and its listeners are called, until it is closed.",
        begins: "connection",
        endedBy: ["it.close()"],
      }),
      Worker: {
        reason: "A thread of its own, which runs until it is terminated or closes itself.",
        begins: "worker",
        endedBy: ["it.terminate()"],
      },
      AudioContext: {
        reason: "Holds the audio device; browsers allow only a few of them.",
        begins: "audio context",
        endedBy: ["it.close()"],
      },
      "Geolocation.watchPosition": {
        reason: "Calls back for each new position until the watch is cleared.",
        begins: "position watch",
        endedBy: ["clearWatch(it)"],
      },
      "WakeLock.request": {
        reason: "The screen stays on until the lock is released or the page is hidden.",
        begins: "wake lock",
        endedBy: ["it.release()"],
      },
    },
  },
  {
    modules: ["node:fs", "node:fs/promises"],
    pairs: {
      ...pairs(["promises.open", "open", "promises.opendir", "opendir"], {
        reason:
          "The descriptor stays open until it is closed, by a stream of it as well; closing it by collection is an error.",
        begins: "file handle",
        endedBy: [
          "it.close()",
          "it.createReadStream()",
          "it.createWriteStream()",
          "it.readLines()",
        ],
      }),
      openSync: {
        reason: "The descriptor is a number: nobody but its owner can close it.",
        begins: "file descriptor",
        endedBy: ["closeSync(it)", "close(it)"],
      },
      opendirSync: {
        reason: "The directory stays open until it has been read to the end or is closed.",
        begins: "directory handle",
        endedBy: ["it.closeSync()", "it.close()"],
      },
      watch: {
        reason: "Calls back, and keeps the process, until the watcher is closed.",
        begins: "watcher",
        endedBy: ["it.close()"],
      },
    },
  },
  {
    modules: ["node:worker_threads"],
    pairs: {
      Worker: {
        reason: "A thread of its own, which runs until it is terminated or has nothing left to do.",
        begins: "worker",
        endedBy: ["it.terminate()"],
      },
      BroadcastChannel: {
        reason: "Keeps the process until it is closed.",
        begins: "connection",
        endedBy: ["it.close()"],
      },
    },
  },
  {
    modules: ["node:readline", "node:readline/promises"],
    pairs: {
      createInterface: {
        reason: "Reads from its input, and keeps the process, until it is closed.",
        begins: "readline interface",
        endedBy: ["it.close()"],
      },
    },
  },
  {
    modules: ["node:dgram"],
    pairs: {
      createSocket: {
        reason: "Once it is bound it keeps the process until it is closed.",
        begins: "socket",
        endedBy: ["it.close()"],
      },
    },
  },
];

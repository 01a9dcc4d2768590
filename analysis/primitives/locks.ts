import { AWAITED_AND_RETURNED, every, everyMember } from "./every.ts";
import type { CallModel, LockModel, PackageModel } from "./primitive.ts";

// Packages whose calls take and give back locks.

const ONE: CallModel = { reason: "One at a time may hold it.", permits: { count: 1 } };
const AS_TOLD: CallModel = {
  reason: "So many may hold it at once as the first argument says.",
  permits: { argument: 0 },
};
const RELEASES: CallModel = {
  reason: "Gives the lock back, whoever holds it.",
  lock: { does: "release" },
};

function runs(lock: Omit<LockModel, "does"> = {}, callback = 0): CallModel {
  return {
    reason: "The lock is held until the promise of the function has settled.",
    callbacks: { [callback]: AWAITED_AND_RETURNED },
    lock: { does: "run", ...lock },
  };
}

function takes(gives: LockModel["gives"], lock: Partial<LockModel> = {}): CallModel {
  return {
    reason: "The lock is held from when the promise resolves until what it gives is called.",
    lock: { does: "acquire", ...(gives === undefined ? {} : { gives }), ...lock },
  };
}

const TRIES: CallModel = {
  reason: "Takes the lock if it is free, and gives nothing otherwise.",
  lock: { does: "try", gives: "guard" },
};

export const locks: readonly PackageModel[] = [
  {
    modules: ["async-mutex"],
    calls: {
      Mutex: ONE,
      Semaphore: AS_TOLD,
      ...every(["withTimeout", "tryAcquire"], {
        reason: "The same lock, whose waiters give up: https://github.com/DirtyHairy/async-mutex.",
        permits: { same: 0 },
      }),
      ...everyMember(["Mutex", "MutexInterface"], ["acquire"], takes("function")),
      ...everyMember(["Semaphore", "SemaphoreInterface"], ["acquire"], takes("second")),
      ...everyMember(
        ["Mutex", "Semaphore", "MutexInterface", "SemaphoreInterface"],
        ["runExclusive"],
        runs(),
      ),
      ...everyMember(
        ["Mutex", "Semaphore", "MutexInterface", "SemaphoreInterface"],
        ["release"],
        RELEASES,
      ),
    },
  },
  {
    modules: ["async-lock"],
    calls: { AsyncLock: ONE, "AsyncLock.acquire": runs({ key: 0 }, 1) },
  },
  {
    modules: ["await-lock"],
    calls: {
      ...every(["AwaitLock"], ONE),
      "AwaitLock.acquireAsync": takes(undefined),
      "AwaitLock.tryAcquire": {
        reason: "Takes the lock if it is free, and says whether it did.",
        lock: { does: "try" },
      },
      "AwaitLock.release": RELEASES,
    },
  },
  {
    modules: ["async-sema"],
    calls: {
      Sema: AS_TOLD,
      ...everyMember(["Sema"], ["acquire"], {
        reason: "The token is a value that the caller may ignore; `release` gives the permit back.",
        lock: { does: "acquire" },
      }),
      ...everyMember(["Sema"], ["release"], RELEASES),
    },
  },
  {
    modules: ["semaphore-promise", "await-semaphore"],
    calls: {
      Mutex: ONE,
      Semaphore: AS_TOLD,
      ...everyMember(["Semaphore", "Mutex"], ["acquire"], takes("function")),
      ...everyMember(["Semaphore", "Mutex"], ["use"], runs()),
    },
  },
  {
    modules: ["proper-lockfile"],
    calls: {
      lock: takes("function", { key: 0 }),
      lockSync: takes("function", { key: 0 }),
      ...every(["unlock", "unlockSync"], {
        reason: "Gives the lock file back by the name of the file.",
        lock: { does: "release", key: 0 },
      }),
    },
  },
  {
    modules: ["redlock"],
    calls: {
      Redlock: ONE,
      ...everyMember(["Redlock"], ["acquire", "lock"], takes("guard", { key: 0 })),
      "Redlock.using": {
        reason: "The lock is held, and made longer, until the promise of the routine has settled.",
        callbacks: { 2: AWAITED_AND_RETURNED, 3: AWAITED_AND_RETURNED },
        lock: { does: "run", key: 0 },
      },
      ...everyMember(["Redlock"], ["release", "unlock"], RELEASES),
    },
  },
  {
    modules: ["mooring-runtime"],
    calls: {
      ...every(["Mutex", "KeyedMutex", "RwLock"], ONE),
      Semaphore: AS_TOLD,
      limiter: AS_TOLD,
      Limiter: { ...runs(), reason: "The promise of the call follows the promise of the task." },
      ...everyMember(["Mutex", "Semaphore"], ["runExclusive"], runs()),
      "KeyedMutex.runExclusive": runs({ key: 0 }, 1),
      "Mutex.lock": takes("guard"),
      "KeyedMutex.lock": takes("guard", { key: 0 }),
      "Semaphore.acquire": takes("guard"),
      "RwLock.read": takes("guard", { shared: true }),
      "RwLock.write": takes("guard"),
      ...every(["Mutex.tryLock", "Semaphore.tryAcquire", "RwLock.tryWrite"], TRIES),
      "KeyedMutex.tryLock": { ...TRIES, lock: { does: "try", gives: "guard", key: 0 } },
      "Condvar.wait": {
        reason: "The lock is given back while waiting, and held again when the wait is over.",
        lock: { does: "wait" },
      },
      "RwLock.tryRead": { ...TRIES, lock: { does: "try", gives: "guard", shared: true } },
    },
  },
];

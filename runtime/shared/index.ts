// What threads share: primitives that live in a SharedArrayBuffer.
export { AtomicFlag } from "./atomic-flag.ts";
export { AtomicInt } from "./atomic-int.ts";
export { SharedBarrier } from "./shared-barrier.ts";
export { sharedChannel, type SharedReceiver, type SharedSender } from "./shared-channel.ts";
export { SharedCondvar } from "./shared-condvar.ts";
export { SharedMutex } from "./shared-mutex.ts";
export { SharedOnce } from "./shared-once.ts";
export { SharedRwLock } from "./shared-rw-lock.ts";
export { SharedSemaphore } from "./shared-semaphore.ts";

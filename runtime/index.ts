// The whole package. Each module is also there by itself, as in `mooring-runtime/mutex`.

export { CancellationToken } from "./cancel/cancellation-token.ts";
export { isCancelled } from "./cancel/is-cancelled.ts";
export { linkSignals } from "./cancel/link-signals.ts";
export { onAbort } from "./cancel/on-abort.ts";
export { shield } from "./cancel/shield.ts";

export {
  broadcast,
  type BroadcastReceiver,
  type BroadcastSender,
} from "./channel/broadcast.ts";
export { channel, type Sender, type Slot, unbounded } from "./channel/channel.ts";
export { oneshot, type OneshotReceiver, type OneshotSender } from "./channel/oneshot.ts";
export { watch, type Watcher, type WatchSender } from "./channel/watch.ts";
export type { Received, Receiver } from "./core/receiver.ts";

export { CancelledError, ClosedError, LaggedError, TimeoutError } from "./core/errors.ts";
export { onLateError } from "./core/late.ts";
export type { Guard } from "./core/permits.ts";
export type { Cancellable, Work } from "./core/types.ts";

export { forEachLimit } from "./limit/for-each-limit.ts";
export { type Limiter, limiter } from "./limit/limiter.ts";
export { type ItemWork, mapLimit, type MapLimitOptions } from "./limit/map-limit.ts";
export { RateLimiter, type RateLimiterOptions } from "./limit/rate-limiter.ts";

export { type Outcome, partition, unwrap } from "./outcome.ts";

export { batcher, type BatcherOptions, type BatchLoad } from "./resource/batcher.ts";
export { deferAsync } from "./resource/defer-async.ts";
export { defer } from "./resource/defer.ts";
export { type Lease, ResourcePool, type ResourcePoolOptions } from "./resource/resource-pool.ts";

export { type Selectable, selectable, type Source } from "./core/selectable.ts";
export { aborted } from "./select/aborted.ts";
export { after } from "./select/after.ts";
export { type Branch, select, type Selected, type SelectOptions } from "./select/select.ts";

export {
  type Shutdown,
  shutdown,
  type ShutdownHookOptions,
  type ShutdownOptions,
} from "./shutdown.ts";

export * as stream from "./stream/index.ts";

export { Barrier } from "./sync/barrier.ts";
export { Condvar } from "./sync/condvar.ts";
export { KeyedMutex } from "./sync/keyed-mutex.ts";
export { Mutex, type MutexGuard } from "./sync/mutex.ts";
export { Notify } from "./sync/notify.ts";
export { OnceCell } from "./sync/once-cell.ts";
export { once } from "./sync/once.ts";
export { type ReadGuard, RwLock, type WriteGuard } from "./sync/rw-lock.ts";
export { Semaphore } from "./sync/semaphore.ts";
export { singleFlight } from "./sync/single-flight.ts";
export { WaitGroup } from "./sync/wait-group.ts";

export { joinAll, type JoinAllOptions, type Outcomes } from "./task/join-all.ts";
export { type Scope, scope, type ScopeOptions } from "./task/scope.ts";
export { spawn } from "./task/spawn.ts";
export { TaskGroup, type TaskGroupOptions } from "./task/task-group.ts";
export type { SpawnOptions, Task } from "./task/task.ts";
export { type Results, tryJoin, type TryJoinOptions } from "./task/try-join.ts";

export { interval, type IntervalOptions } from "./time/interval.ts";
export { isBug } from "./time/is-bug.ts";
export { type Attempt, retry, type RetryOptions } from "./time/retry.ts";
export { sleep, type SleepOptions } from "./time/sleep.ts";
export { timeout, type TimeoutOptions } from "./time/timeout.ts";

export { DeadlockError, type DeadlockOptions, detectDeadlocks } from "./deadlocks.ts";
export { trace, type Traced, type TraceEvent } from "./trace.ts";

export * from "./shared/index.ts";
export * from "./workers/index.ts";

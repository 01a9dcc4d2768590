// Timers of the platform hold 31 bits of milliseconds; Node fires at once when told to wait longer.
export const longestDelay = 2 ** 31 - 1;

/**
 * Calls back once after so many milliseconds, however many, unless what is returned has been called before. With
 * `ref: false` the process may end without waiting for it, where the platform knows that.
 */
export function startTimer(delay: number, fire: () => void, ref = true): () => void {
  let handle: ReturnType<typeof setTimeout> | undefined;
  const arm = (left: number): void => {
    const step = left <= longestDelay ? fire : () => arm(left - longestDelay);
    handle = setTimeout(step, Math.min(left, longestDelay));
    // Sound: where a timer is a number, it has no such property.
    if (!ref) (handle as { unref?(): void }).unref?.();
  };
  arm(delay);
  return () => {
    clearTimeout(handle);
  };
}

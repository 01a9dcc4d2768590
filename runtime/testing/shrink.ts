/* oxlint-disable no-await-in-loop -- Schedules run one after another: each starts from what the last one showed. */
/** How many schedules shrinking may cost; what is left after them is small enough to read. */
const BUDGET = 400;

/**
 * Fewer choices that differ from the default, and lower ones, under which the test still fails.
 * `attempt` answers with the decisions of the run when it failed in the same way, else undefined.
 *
 * Greedy, from large pieces to single choices (delta debugging), until a round gains nothing. Each
 * success replaces the list by what the run really did, so that choices nobody asked for fall away.
 */
export async function shrink(
  choices: readonly number[],
  attempt: (
    choices: readonly number[],
  ) => Promise<readonly { readonly choice: number }[] | undefined>,
): Promise<readonly number[]> {
  let best = trimmed(choices);
  let left = BUDGET;
  const tryOut = async (candidate: readonly number[]): Promise<boolean> => {
    if (left-- <= 0) return false;
    const taken = await attempt(candidate);
    if (taken === undefined) return false;
    const real = trimmed(taken.map((it) => it.choice));
    if (!isSmaller(real, best)) return false;
    best = real;
    return true;
  };

  for (let gained = true; gained; ) {
    gained = false;
    // Often only the beginning matters, and everything after it was chance.
    for (const at of placesOf(best)) {
      if (best.length <= at) break;
      if (await tryOut(best.slice(0, at))) gained = true;
    }
    for (let size = placesOf(best).length; 1 <= size; size >>= 1) {
      for (let from = 0; from < placesOf(best).length; ) {
        const cut = new Set(placesOf(best).slice(from, from + size));
        const without = best.map((choice, at) => (cut.has(at) ? 0 : choice));
        if (await tryOut(without)) gained = true;
        else from += size;
      }
    }
    for (const at of placesOf(best)) {
      for (let lower = 1; lower < (best[at] ?? 0); lower++) {
        if (await tryOut(best.with(at, lower))) gained = true;
      }
    }
  }
  return best;
}

/** Where a schedule leaves the default. */
function placesOf(choices: readonly number[]): readonly number[] {
  return choices.flatMap((choice, at) => (choice === 0 ? [] : [at]));
}

function trimmed(choices: readonly number[]): readonly number[] {
  return choices.slice(0, 1 + choices.findLastIndex((it) => it !== 0));
}

function isSmaller(a: readonly number[], b: readonly number[]): boolean {
  const difference =
    placesOf(a).length - placesOf(b).length || a.length - b.length || sumOf(a) - sumOf(b);
  return difference < 0;
}

function sumOf(list: readonly number[]): number {
  let total = 0;
  for (const it of list) total += it;
  return total;
}

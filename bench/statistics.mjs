/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values) {
  const sorted = ascending(values);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The smallest value that at least this share of all values does not exceed. */
export function percentile(values, share) {
  const sorted = ascending(values);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** (largest − smallest) / median: how far the rounds disagree. */
export function spread(values) {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

function ascending(values) {
  if (values.length === 0) throw new Error("There is nothing to take the middle of.");
  return [...values].sort((left, right) => left - right);
}

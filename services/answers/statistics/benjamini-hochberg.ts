/**
 * Of many tests at once, which to believe: those found hold false ones in at most the share `rate` on average (Benjamini and Hochberg,
 * "Controlling the False Discovery Rate", JRSS B 57 (1995), the step-up procedure). Gives for each p-value, in order, whether it is found.
 */
export function discoveries(pValues: readonly number[], rate: number): boolean[] {
  const sorted = [...pValues].sort((a, b) => a - b)
  const last = sorted.findLastIndex((p, index) => p <= (rate * (index + 1)) / sorted.length)
  const limit = sorted[last]
  return pValues.map(p => limit !== undefined && p <= limit)
}

/**
 * The log-likelihood CUSUM of a share that may have risen from `usual` to `raised` (Page, Biometrika 41:100, 1954): S grows with evidence
 * for the raised share and never falls below zero; past `threshold` the change has happened, and began after its last zero.
 */
export function shareCusum(
  series: readonly { readonly count: number; readonly n: number }[],
  { usual, raised, threshold }: { readonly usual: number; readonly raised: number; readonly threshold: number },
): { readonly highest: number; readonly began: number | undefined } {
  const [hit, miss] = [Math.log(raised / usual), Math.log((1 - raised) / (1 - usual))]
  let sum = 0
  let zero = 0
  let highest = 0
  let began: number | undefined
  for (const [index, { count, n }] of series.entries()) {
    sum = Math.max(0, sum + count * hit + (n - count) * miss)
    if (sum === 0) zero = index + 1
    highest = Math.max(highest, sum)
    if (began === undefined && sum > threshold) began = zero
  }
  return { highest, began }
}

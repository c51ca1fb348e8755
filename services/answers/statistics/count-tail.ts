/**
 * How likely a count of `least` or more is where `mean` is usual and the variance is `dispersion` times the mean: the tail of the negative
 * binomial distribution, of Poisson's where the dispersion is 1 or less. 0 to 1; nothing is a surprise where nothing is needed.
 */
export function countTail(least: number, { mean, dispersion }: { mean: number; dispersion: number }): number {
  if (least <= 0) return 1
  if (mean <= 0) return 0
  const isPoisson = dispersion <= 1 + 1e-9
  const size = isPoisson ? Number.POSITIVE_INFINITY : mean / (dispersion - 1)
  const failing = isPoisson ? 0 : mean / (size + mean)
  let chance = isPoisson ? Math.exp(-mean) : (1 - failing) ** size
  let below = 0
  for (let count = 0; count < least; count++) {
    below += chance
    chance *= isPoisson ? mean / (count + 1) : ((count + size) / (count + 1)) * failing
  }
  return Math.min(1, Math.max(0, 1 - below))
}

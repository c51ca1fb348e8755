/** What is usual at a load: a target that is busy by its own requests fails some of them whether others fall back to it or not. */

/** A minute without traffic that fell back: its load, its requests, and the share of them that something happened to. */
export interface QuietMinute {
  readonly load: number
  readonly requests: number
  readonly share: number
}

/** How alike loads are: minutes within a fifth of each other count most (the width of a normal kernel on the logarithm of the load). */
const WIDTH = 0.2
/** What every minute counts, however unlike its load: a load that never was is held against all of them. */
const LEAST_WEIGHT = 0.02

/** The share that is usual at a load: the mean of the quiet minutes, each by its requests and by how alike its load was. */
export function usualAt(load: number, quiet: readonly QuietMinute[]): number {
  let [sum, weights] = [0, 0]
  for (const minute of quiet) {
    const apart = Math.log(Math.max(1, load) / Math.max(1, minute.load)) / WIDTH
    const weight = (LEAST_WEIGHT + Math.exp(-0.5 * apart * apart)) * minute.requests
    sum += weight * minute.share
    weights += weight
  }
  return weights === 0 ? 0 : sum / weights
}

/**
 * How far off `usualAt` is, as a standard deviation of a minute's share: of each quiet minute against what the others say of its load. A
 * kernel that looks exact on few minutes is not; NaN for fewer than three.
 */
export function errorOfUsual(quiet: readonly QuietMinute[]): number {
  const errors = quiet.map((one, index) => one.share - usualAt(one.load, quiet.toSpliced(index, 1)))
  return quiet.length < 3 ? Number.NaN : Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)
}

/** What a confidence sequence is made of. `variance`: of the sum so far. `planned`: the variance at which it is to be narrowest. */
export interface Mixture {
  readonly variance: number
  readonly planned: number
  readonly alpha: number
}

/**
 * Half-width of a sum's interval that holds at every look at once, with probability 1 − alpha: the two-sided normal mixture boundary
 * (Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 49:1055, 2021, eq. 14; for estimated variances Waudby-Smith et al., Annals of
 * Statistics 52:2613, 2024). Its price at the planned variance is about 1.55 times the width of a single look.
 */
export function mixtureHalfWidth({ variance, planned, alpha }: Mixture): number {
  const rho = planned / (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha)) + 1)
  return Math.sqrt((variance + rho) * Math.log((variance + rho) / (rho * alpha * alpha)))
}

/** A rate limit: `perMinute` units flow in evenly, at most `burst` are kept. */
export class TokenBucket {
  private level: number
  private filledAtMs: number
  private readonly perMs: number
  private readonly burst: number

  constructor(perMinute: number, burst: number, startMs: number) {
    this.perMs = perMinute / 60_000
    this.burst = burst
    this.level = burst
    this.filledAtMs = startMs
  }

  /** Takes `units` if they are there; times must not go backwards. */
  take(units: number, atMs: number): boolean {
    this.level = Math.min(this.burst, this.level + (atMs - this.filledAtMs) * this.perMs)
    this.filledAtMs = atMs
    if (this.level < units) return false
    this.level -= units
    return true
  }
}

/**
 * Seeded random numbers. The generator is sfc32 (Chris Doty-Humphrey, PractRand 0.95; placed in the public domain by its author),
 * seeded through FNV-1a and splitmix32. Each component draws from its own named stream, so a new component does not shift the others.
 */

/** One reproducible sequence of random numbers. */
export class RandomStream {
  private a: number
  private b: number
  private c: number
  private counter = 1
  private spareNormal = Number.NaN

  /** The stream `name` under `seed`; equal arguments give equal sequences. */
  constructor(seed: number, name: string) {
    let state = fnv1a(`${seed}/${name}`)
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0
      let z = state ^ (state >>> 16)
      z = Math.imul(z, 0x21f0aaad)
      z ^= z >>> 15
      z = Math.imul(z, 0x735a2d97)
      return z ^ (z >>> 15)
    }
    this.a = next()
    this.b = next()
    this.c = next()
    for (let round = 0; round < 12; round++) this.uint32()
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (this.c << 21) | (this.c >>> 11)
    this.c = (this.c + sum) | 0
    return sum >>> 0
  }

  /** A number in the open interval (0, 1); never 0, so its logarithm is finite. */
  unit(): number {
    return (this.uint32() + 0.5) / 4294967296
  }

  /** True with the given probability. Always takes one number from the stream. */
  chance(probability: number): boolean {
    return this.unit() < probability
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound)
  }

  /** Exponentially distributed with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(this.unit())
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    if (!Number.isNaN(this.spareNormal)) {
      const spare = this.spareNormal
      this.spareNormal = Number.NaN
      return spare
    }
    for (;;) {
      const x = 2 * this.unit() - 1
      const y = 2 * this.unit() - 1
      const square = x * x + y * y
      if (square >= 1 || square === 0) continue
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      this.spareNormal = y * factor
      return x * factor
    }
  }

  /** Log-normal with the given median; `sigma` is the standard deviation of its logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal())
  }

  /** Gamma distributed with mean 1 and the given coefficient of variation (Marsaglia and Tsang 2000). */
  gamma(cv: number): number {
    const shape = 1 / (cv * cv)
    const d = (shape < 1 ? shape + 1 : shape) - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = this.normal()
      const v = (1 + c * x) ** 3
      if (v <= 0) continue
      if (Math.log(this.unit()) >= 0.5 * x * x + d - d * v + d * Math.log(v)) continue
      const sample = shape < 1 ? d * v * this.unit() ** (1 / shape) : d * v
      return sample / shape
    }
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}

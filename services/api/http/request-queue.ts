import { AppError } from '../../platform/errors.ts'

/** How many requests are answered at once, and how many may wait. */
export interface QueueLimits {
  /** Of one token. */
  mostOfOne: number
  /** Of all tokens together. */
  mostOfAll: number
  /** Of one token, waiting. */
  mostWaiting: number
}

/** Requests in the order in which they are answered. */
export interface RequestQueue {
  /**
   * Resolves when the request of this holder may be answered; call what it gives when it was. Rejects with API_OVERLOADED when too many
   * of the holder wait already, and when `signal` aborts while it waits.
   */
  enter(holder: string, signal?: AbortSignal): Promise<() => void>
}

interface Waiting {
  start(): void
}

/**
 * Builds the queue. Each holder has a line of its own, and whoever has waited longest of those that may start is next: one token that asks
 * much waits for itself, not before others.
 */
export function buildRequestQueue(limits: QueueLimits): RequestQueue {
  const lines = new Map<string, { underWay: number; waiting: Waiting[] }>()
  let underWay = 0
  const lineOf = (holder: string) => {
    const line = lines.get(holder) ?? { underWay: 0, waiting: [] }
    lines.set(holder, line)
    return line
  }
  const mayStart = (line: { underWay: number }) => underWay < limits.mostOfAll && line.underWay < limits.mostOfOne
  const startNext = () => {
    // Lines are visited in turn: the one that was served goes to the end.
    for (const [holder, line] of lines) {
      const next = mayStart(line) ? line.waiting.shift() : undefined
      if (next === undefined) continue
      lines.delete(holder)
      lines.set(holder, line)
      next.start()
      return
    }
  }
  const leave = (holder: string) => {
    const line = lineOf(holder)
    underWay--
    line.underWay--
    if (line.underWay === 0 && line.waiting.length === 0) lines.delete(holder)
    startNext()
  }
  const begin = (holder: string) => {
    underWay++
    lineOf(holder).underWay++
    let hasLeft = false
    return () => {
      if (hasLeft) return
      hasLeft = true
      leave(holder)
    }
  }
  return {
    async enter(holder, signal) {
      const line = lineOf(holder)
      if (line.waiting.length === 0 && mayStart(line)) return begin(holder)
      if (line.waiting.length >= limits.mostWaiting) {
        throw new AppError('API_OVERLOADED', `${limits.mostWaiting} requests of this token wait already: ask again when some are answered`)
      }
      return await new Promise((resolve, reject) => {
        const one: Waiting = { start: () => resolve(begin(holder)) }
        line.waiting.push(one)
        signal?.addEventListener('abort', () => {
          line.waiting = line.waiting.filter(other => other !== one)
          // It has begun already, or ends here, unheard.
          reject(new AppError('API_OVERLOADED', 'the client is gone'))
        })
      })
    },
  }
}

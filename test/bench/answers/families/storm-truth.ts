/** When retries storm, by the simulator's own account: attempts for each thing that was asked for once rise while fewer are answered. */
import type { RequestTruth } from '../../../../services/demo/simulation/truth.ts'

const SLOT_MS = 10_000
/** The first minutes say what is usual. */
const QUIET_SLOTS = 60
const LONG_SLOTS = 3

/** A storm that happened. */
export interface TrueStorm {
  readonly onsetMs: number
  /** Who sent more beyond what was asked for. */
  readonly origin: 'gateway' | 'clients'
}

interface Counts {
  asked: number
  attempts: number
  answered: number
  further: number
  resends: number
}

/**
 * The first storm on a route; undefined: none. It is there from the first ten seconds on of half a minute in which a fifth more is sent
 * than is asked for (and three times the usual more), while a tenth less of it is answered than usual.
 */
export function trueStorm(requests: readonly RequestTruth[], route: string, startMs: number): TrueStorm | undefined {
  const slots: Counts[] = []
  const at = (ms: number) => {
    const n = Math.max(0, Math.floor((ms - startMs) / SLOT_MS))
    for (let k = slots.length; k <= n; k++) slots[k] = { asked: 0, attempts: 0, answered: 0, further: 0, resends: 0 }
    return slots[n] as Counts
  }
  const own = requests.filter(one => one.route === route)
  const answered = new Set(own.filter(one => one.outcome === 'ok').map(one => one.resend_of || one.request_id))
  for (const one of own) {
    const slot = at(one.started_at)
    if (one.resend_of === '') {
      slot.asked++
      if (answered.has(one.request_id)) slot.answered++
    } else slot.resends++
    if (one.attempts.length === 0) slot.attempts++
    for (const [index, attempt] of one.attempts.entries()) {
      const ran = at(attempt.started_at)
      ran.attempts++
      if (index > 0) ran.further++
    }
  }
  const usual = sum(slots.slice(0, QUIET_SLOTS))
  const usualRetries = Math.max(0, usual.attempts / usual.asked - 1)
  const isStormy = ({ asked, attempts, answered: good }: Counts) =>
    attempts / Math.max(1, asked) - 1 > Math.max(0.2, 3 * usualRetries) && good / Math.max(1, asked) < (0.9 * usual.answered) / usual.asked
  const found = slots.findIndex(
    (slot, n) => n >= QUIET_SLOTS && isStormy(slot) && n + LONG_SLOTS <= slots.length && isStormy(sum(slots.slice(n, n + LONG_SLOTS))),
  )
  if (found < 0) return undefined
  const first = sum(slots.slice(found, found + 2 * LONG_SLOTS))
  return { onsetMs: startMs + found * SLOT_MS, origin: first.resends > first.further ? 'clients' : 'gateway' }
}

function sum(slots: readonly Counts[]): Counts {
  const total = { asked: 0, attempts: 0, answered: 0, further: 0, resends: 0 }
  for (const slot of slots) for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += slot[key]
  return total
}

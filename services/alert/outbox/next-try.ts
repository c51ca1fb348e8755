import { DAY, HOUR, MINUTE, SECOND } from '../../platform/clock.ts'
import type { DeliveryOutcome } from '../receivers/receiver.ts'
import type { Delivery } from './outbox-message.ts'

/**
 * Pauses before further tries, ms; the last one goes on. Short at first, since a page is of use for minutes (Standard Webhooks' begin at
 * 5 s).
 */
const PAUSES_MS = [1, 2, 5, 10, 30, 60, 120, 300].map(seconds => seconds * SECOND)
/** A receiver that asks for more patience is asked again after an hour. */
const MOST_PATIENCE_MS = HOUR
/** A message that nobody took for a day is given up (Standard Webhooks: 24 h in the last step). */
const GIVE_UP_AFTER_MS = DAY

/** The delivery after a try that ended at `nowMs`. `random`: from 0 to 1, a half to whole of each pause is waited. */
export function afterTry(before: Delivery, result: DeliveryOutcome, nowMs: number, random: number): Delivery {
  const tries = before.tries + 1
  const first_ms = before.first_ms ?? nowMs
  const { outcome, status, detail } = result
  const tried = { tries, first_ms, status, detail }
  if (outcome !== 'retry') return { ...tried, outcome, next_ms: null }
  if (nowMs - first_ms >= GIVE_UP_AFTER_MS) return { ...tried, outcome: 'expired', next_ms: null }
  const pauseMs = (PAUSES_MS[Math.min(tries, PAUSES_MS.length) - 1] ?? 5 * MINUTE) * (0.5 + random / 2)
  const askedMs = Math.min(result.retryAfterMs ?? 0, MOST_PATIENCE_MS)
  return { ...tried, outcome, next_ms: Math.round(nowMs + Math.max(pauseMs, askedMs)) }
}

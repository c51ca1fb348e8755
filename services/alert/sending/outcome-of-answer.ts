import type { DeliveryOutcome } from '../receivers/receiver.ts'
import { retryAfterMs } from './retry-after.ts'

/** What a receiver answered. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | readonly string[] | undefined
  /** The beginning of its body. */
  readonly said: string
}

/** Not 429 and 5xx alone: 408 and 425 ask for another try too. */
const RETRIED = new Set([408, 425, 429])
const MAX_SAID = 120
/** Shorter parts of a secret are words. */
const LEAST_OF_SECRET = 6

/**
 * What an answer means, by the rules of Standard Webhooks: 2xx alone is a delivery, 410 ends the receiver, a redirect is a failure, 429 and
 * 5xx are tried again when it says. `isQuoted`: a line of its body may be told, without `secrets` and the parts that they are made of; not
 * so where a tenant chose whom to ask, since the answer may be somebody else's.
 */
export function outcomeOfAnswer(answer: Answer, told: { isQuoted: boolean; secrets: readonly string[] }, nowMs: number): DeliveryOutcome {
  const { status, retryAfter, said } = answer
  const line = told.isQuoted ? shown(said, told.secrets) : ''
  const detail = `answered ${status}${line === '' ? '' : `: ${line}`}`
  if (status >= 200 && status < 300) return { outcome: 'delivered', status, detail: `answered ${status}` }
  if (status === 410) return { outcome: 'gone', status, detail }
  if (status >= 300 && status < 400) return { outcome: 'refused', status, detail: `answered ${status}, a redirect, which is not followed` }
  if (status < 500 && !RETRIED.has(status)) return { outcome: 'refused', status, detail }
  const waitMs = retryAfterMs(retryAfter, nowMs)
  return { outcome: 'retry', status, detail, ...(waitMs !== undefined && { retryAfterMs: waitMs }) }
}

/** A line of an answer, without anything that must stay secret. */
function shown(said: string, secrets: readonly string[]): string {
  const hidden = secrets.flatMap(partsOf).toSorted((one, other) => other.length - one.length)
  const clean = hidden.reduce((text, secret) => text.replaceAll(secret, '(not shown)'), said)
  const line = clean.replace(/[\p{C}\s]+/gu, ' ').trim()
  return line.length > MAX_SAID ? `${line.slice(0, MAX_SAID)}…` : line
}

/** A secret and what it is made of: an answer may quote the path of an address, or what follows `Bearer`. */
function partsOf(secret: string): string[] {
  return [secret, ...secret.split(/[/?&=:,\s]+/)].filter(part => part.length >= LEAST_OF_SECRET)
}

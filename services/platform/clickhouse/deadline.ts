import { setTimeout as delay } from 'node:timers/promises'

/** What a call is told by: it ends itself when the signal aborts. */
export type Call<Result> = (signal: AbortSignal) => Promise<Result>

/**
 * The call's result, or a rejection with `Error('no answer within … ms')` after `deadlineMs`, whatever the call does then: a server that is
 * stopped answers nothing, and a request that waits for a connection to it does not even begin. The call is told to end.
 */
export async function withDeadline<Result>(deadlineMs: number, call: Call<Result>): Promise<Result> {
  const ending = new AbortController()
  const waiting = new AbortController()
  const late = delay(deadlineMs, undefined, { signal: waiting.signal }).then(() => {
    throw new Error(`no answer within ${deadlineMs} ms`)
  })
  const answer = call(ending.signal)
  try {
    return await Promise.race([answer, late])
  } catch (error) {
    ending.abort()
    throw error
  } finally {
    waiting.abort()
    // Whichever was slower may still reject, and nobody waits for it.
    for (const promise of [answer, late]) promise.catch(() => {})
  }
}

import type { ServerResponse } from 'node:http'
import { SECOND } from '../../platform/clock.ts'
import type { Logger } from '../../platform/log.ts'
import type { Reader, ReaderOf } from '../http/readers.ts'

/** Somebody who listens to the stream. */
export interface Listener {
  readonly holder: string
  readonly authorization: string | undefined
  readonly response: ServerResponse
}

/** Those who listen. */
export interface Listeners {
  /** Whether a holder may open one more stream. */
  hasPlace(holder: string): boolean
  /** Sends to it from now on; its end is noticed. */
  add(listener: Listener): void
  endAll(): void
}

const MOST_OF_ONE = 12
const MOST_OF_ALL = 500
const COMMENT_EVERY_MS = 15 * SECOND
/** How soon browsers try again when the connection is lost, ms. */
const RETRY_MS = 3_000

/** Builds it. Settled windows are looked for while somebody listens, once for all who see the same. */
export function buildListeners(deps: {
  everyMs: number
  settledUntil: (reader: Reader) => Promise<string | null>
  readerOf: ReaderOf
  logger: Pick<Logger, 'warn'>
}): Listeners {
  const open = new Map<Listener, { told: string | undefined; wroteMs: number }>()
  let timer: NodeJS.Timeout | undefined
  let isLooking = false
  const remove = (listener: Listener) => {
    open.delete(listener)
    if (open.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
  const readerOrEnd = (listener: Listener): Reader | undefined => {
    try {
      return deps.readerOf(listener.authorization)
    } catch {
      // Its token was revoked: the browser asks again and is told why.
      listener.response.end()
      return undefined
    }
  }
  const tell = (listener: Listener, text: string) => {
    const state = open.get(listener)
    if (state === undefined) return
    const nowMs = performance.now()
    if (text !== state.told) {
      state.told = text
      listener.response.write(`event: settled\ndata: ${text}\n\n`)
    } else if (nowMs - state.wroteMs < COMMENT_EVERY_MS) return
    else listener.response.write(': still here\n\n')
    state.wroteMs = nowMs
  }
  const look = async () => {
    if (isLooking) return
    isLooking = true
    try {
      const found = new Map<string, Promise<string | null>>()
      for (const listener of [...open.keys()]) {
        const reader = readerOrEnd(listener)
        if (reader === undefined) continue
        const key = JSON.stringify(reader)
        const asked = found.get(key) ?? deps.settledUntil(reader)
        found.set(key, asked)
        tell(listener, JSON.stringify({ settled_until: await asked }))
      }
    } catch (error) {
      deps.logger.warn({ err: error }, 'settled windows could not be looked for; streams are told at the next look')
    } finally {
      isLooking = false
    }
  }
  return {
    hasPlace: holder => open.size < MOST_OF_ALL && [...open.keys()].filter(one => one.holder === holder).length < MOST_OF_ONE,
    add(listener) {
      open.set(listener, { told: undefined, wroteMs: performance.now() })
      listener.response.once('close', () => remove(listener))
      listener.response.write(`retry: ${RETRY_MS}\n\n`)
      timer ??= setInterval(() => void look(), deps.everyMs)
      void look()
    },
    endAll() {
      for (const { response } of open.keys()) response.end()
    },
  }
}

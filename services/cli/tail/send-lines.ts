import Type from 'typebox'
import { Value } from 'typebox/value'
import { delay } from '../../platform/clock.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { retry } from '../../platform/retry.ts'

/** Where lines go. */
export interface SendConfig {
  /** Ingest's address, such as http://localhost:8686. */
  readonly url: string
  readonly source: string
  readonly dialect: string | undefined
  readonly token: string | undefined
}

/** What became of lines that were sent: those refused with the number of the line among them, from 1. */
export interface Sent {
  readonly accepted: number
  readonly rejected: readonly { readonly line: number; readonly code: string; readonly message: string }[]
}

const Answer = Type.Object({
  accepted: Type.Integer(),
  rejected: Type.Array(Type.Object({ line: Type.Integer(), code: Type.String(), message: Type.String() })),
})
const PATIENCE = { attempts: Number.POSITIVE_INFINITY, baseDelayMs: 500, maxDelayMs: 30_000 }
const ANSWER_WITHIN_MS = 60_000
/** Answers that say "later": all others say what is wrong. */
const LATER = [408, 425, 429, 500, 502, 503, 504]

/**
 * Sends lines until they are on ingest's disk: an answer of "later" and a lost connection are tried again for as long as the signal lets.
 * Rejects with TAIL_REFUSED when ingest refuses them for good, which names the remedy, and with TAIL_UNREACHABLE when the signal aborts
 * before they are taken.
 */
export async function sendLines(
  lines: Buffer,
  config: SendConfig,
  deps: { signal: AbortSignal; note: (text: string) => void },
): Promise<Sent> {
  return await retry(() => sendOnce(lines, config), PATIENCE, {
    signal: deps.signal,
    delay,
    random: Math.random,
    onRetry: (error, attempt, delayMs) => {
      if (attempt === 1 || attempt % 10 === 0)
        deps.note(`${error.message}; tried again from ${Math.ceil(delayMs / 1000)} s on until it answers, nothing is lost`)
    },
  })
}

async function sendOnce(lines: Buffer, { url, source, dialect, token }: SendConfig): Promise<Sent> {
  const target = new URL('/v1/access-logs', url)
  target.searchParams.set('source', source)
  if (dialect !== undefined) target.searchParams.set('dialect', dialect)
  const headers = { 'content-type': 'application/x-ndjson', ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  const body = new Uint8Array(lines)
  const answer = await fetch(target, { method: 'POST', headers, body, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch(error => {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new AppError('TAIL_UNREACHABLE', `${target.origin} does not answer (${messageOf(cause)}); --url names another address`, {
      cause: error,
    })
  })
  const text = await answer.text()
  if (LATER.includes(answer.status)) throw new AppError('TAIL_UNREACHABLE', `${target.origin} answers ${answer.status} (${detailOf(text)})`)
  if (answer.status !== 202) throw new AppError('TAIL_REFUSED', `${target.origin} answers ${answer.status}: ${detailOf(text)}`)
  const told: unknown = JSON.parse(text)
  if (!Value.Check(Answer, told)) throw new AppError('TAIL_REFUSED', `${target.origin} is not Weir's ingest: ${text.slice(0, 200)}`)
  return told
}

function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown }
    return typeof detail === 'string' ? detail : text.slice(0, 200)
  } catch {
    return text.slice(0, 200)
  }
}

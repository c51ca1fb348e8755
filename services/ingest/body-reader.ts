import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { AppError } from '../platform/errors.ts'
import type { CheckedRequest } from './otlp/check-records.ts'
import type { OtlpBody } from './otlp/read-records.ts'
import { type Outcome, readOtlp, readWrite } from './read-in-thread.ts'
import type { SamplesRead, WriteBody } from './remote-write/read-samples.ts'

/** Reads bodies that are read whole, at one go. */
export interface BodyReader extends AsyncDisposable {
  /** `what` names the request in the error. Both reject with INGEST_BODY_INVALID or INGEST_BODY_TOO_LARGE. */
  otlp(sender: string, body: OtlpBody, what: string): Promise<CheckedRequest>
  write(sender: string, body: WriteBody, what: string): Promise<SamplesRead>
}

/** What is smaller is read at once: it takes less than 50 ms, whatever is in it, and no copy. */
const READ_AT_ONCE_BYTES = 128 * 1024
/** A thread ends after so long (ms) without work. */
const IDLE_MS = 60_000
const THREADS = Math.min(4, Math.max(1, availableParallelism() - 1))

/**
 * Builds the reader. A body of 20 MB takes up to a second to read, in which nothing else of the process would have its turn: large ones are
 * read in threads, which begin with the first of them. A sender has one body read at a time, so that those of one do not stand before those
 * of all others.
 */
export function buildBodyReader(): BodyReader {
  let pool: Piscina | undefined
  const last = new Map<string, Promise<unknown>>()
  const inThread = <Read>(sender: string, name: string, body: OtlpBody | WriteBody): Promise<Outcome<Read>> => {
    pool ??= new Piscina({
      filename: fileURLToPath(new URL('read-in-thread.ts', import.meta.url)),
      minThreads: 0,
      maxThreads: THREADS,
      idleTimeout: IDLE_MS,
    })
    const threads = pool
    const read = (last.get(sender) ?? Promise.resolve()).then(() => threads.run(body, { name }) as Promise<Outcome<Read>>)
    const done: Promise<unknown> = read
      .catch(() => undefined)
      .then(() => {
        if (last.get(sender) === done) last.delete(sender)
      })
    last.set(sender, done)
    return read
  }
  const isSmall = ({ body }: OtlpBody | WriteBody) => body.length <= READ_AT_ONCE_BYTES
  return {
    otlp: async (sender, body, what) => readOf(isSmall(body) ? readOtlp(body) : await inThread(sender, 'readOtlp', body), what),
    write: async (sender, body, what) => readOf(isSmall(body) ? readWrite(body) : await inThread(sender, 'readWrite', body), what),
    [Symbol.asyncDispose]: async () => await pool?.close(),
  }
}

function readOf<Read>(outcome: Outcome<Read>, what: string): Read {
  if ('read' in outcome) return outcome.read
  throw new AppError(outcome.isTooLarge ? 'INGEST_BODY_TOO_LARGE' : 'INGEST_BODY_INVALID', `the body is no ${what}: ${outcome.fault}`)
}

import type { Readable } from 'node:stream'
import { type Dispatcher, request } from 'undici'
import { AppError } from '../platform/errors.ts'
import { EXPOSITION_TOPIC, expositionRecord, refuseUnlikeExposition } from './exposition.ts'
import type { Publisher } from './publish.ts'
import { mediaTypeOf } from './query.ts'
import { readBody } from './read-body.ts'
import type { Target } from './targets.ts'

/** How a reading ended. All but `ok` are a gap in the data; a gap is never written as zeros. */
export type ScrapeOutcome = 'ok' | 'timeout' | 'refused' | 'status' | 'too_large' | 'invalid' | 'append_failed'

/** Both text formats are read alike; the plain one is shorter, for it has no exemplars. Ollama's list of models is JSON. */
const ACCEPT = [
  'text/plain;version=0.0.4',
  'application/openmetrics-text;version=1.0.0;q=0.8',
  'application/openmetrics-text;version=0.0.1;q=0.7',
  '*/*;q=0.1',
].join(',')

/** What a reading needs. */
export interface ScrapeDeps {
  dispatcher: Dispatcher
  publisher: Publisher
  now: () => number
}

/**
 * Reads a target once and appends what it gave to the log, timed at the moment the answer was complete. Never rejects: the
 * outcome tells, `detail` for the log.
 */
export async function scrapeTarget(
  target: Target,
  config: { timeoutMs: number; maxExpositionBytes: number },
  deps: ScrapeDeps,
): Promise<{ outcome: ScrapeOutcome; detail?: string }> {
  const timeout = AbortSignal.timeout(config.timeoutMs)
  let text: Buffer
  let contentType: string | undefined
  try {
    const answer = await request(target.url, {
      dispatcher: deps.dispatcher,
      signal: timeout,
      headers: { accept: ACCEPT, 'accept-encoding': 'gzip', 'user-agent': 'weir' },
    })
    if (answer.statusCode !== 200) {
      discard(answer.body)
      return { outcome: 'status', detail: `the target answered ${answer.statusCode}` }
    }
    contentType = mediaTypeOf(String(answer.headers['content-type'] ?? ''))
    text = await readBody(answer.body, {
      contentEncoding: answer.headers['content-encoding'] as string | undefined,
      maxBodyBytes: config.maxExpositionBytes,
      maxInflatedBytes: config.maxExpositionBytes,
      lease: { add() {} },
    }).finally(() => discard(answer.body))
    refuseUnlikeExposition(text)
  } catch (error) {
    return { outcome: timeout.aborted ? 'timeout' : outcomeOf(error), detail: error instanceof Error ? error.message : String(error) }
  }
  const readAtMs = deps.now()
  try {
    await deps.publisher.publish(EXPOSITION_TOPIC, [expositionRecord(text, contentType, { ...target, source: undefined, readAtMs })])
    return { outcome: 'ok' }
  } catch (error) {
    return { outcome: 'append_failed', detail: error instanceof Error ? error.message : String(error) }
  }
}

/** Ends a body that is not wanted any further. It reports that as an error of its own, which is none here. */
function discard(body: Readable): void {
  body.on('error', () => {})
  body.destroy()
}

function outcomeOf(error: unknown): ScrapeOutcome {
  if (!(error instanceof AppError)) return 'refused'
  return error.code === 'INGEST_BODY_TOO_LARGE' ? 'too_large' : 'invalid'
}

import { isUtf8 } from 'node:buffer'
import { readJson } from '../../schemas/metrics/engines/json.ts'
import { loadedOllamaModels } from '../../schemas/metrics/engines/ollama.ts'
import { readExposition } from '../../schemas/metrics/read-exposition.ts'
import { ENGINE_METRICS_TOPIC } from '../../schemas/topics.ts'
import { AppError } from '../platform/errors.ts'
import type { NewRecord } from '../platform/event-log/port.ts'

/** Where and when an exposition was read. Undefined: not told; the worker then goes by the series themselves. */
export interface ReadingFacts {
  pool: string
  engine: string | undefined
  endpoint: string | undefined
  model: string | undefined
  region: string | undefined
  source: string | undefined
  readAtMs: number
}

/** The topic of expositions. */
export const EXPOSITION_TOPIC = ENGINE_METRICS_TOPIC

/** A sample line: name, optional labels, a value. Matched against the first line that is neither blank nor a comment. */
const SAMPLE_LINE = /^[ \t]*[A-Za-z_:][A-Za-z0-9_:]*[ \t]*(\{.*\})?[ \t]+\S+/

/**
 * Throws SCRAPE_NOT_READABLE when the text is neither an exposition nor the list of loaded models that Ollama has in place of one, such as
 * an error page answered with 200. Each series is judged by the worker.
 */
export function refuseUnlikeExposition(text: Buffer): void {
  if (!isUtf8(text) || text.includes(0)) throw new AppError('SCRAPE_NOT_READABLE', 'the exposition is not UTF-8 text')
  if (isOllamaList(text)) return
  if (isListOfModels(text)) return
  let at = 0
  while (at < text.length) {
    const newline = text.indexOf(0x0a, at)
    const end = newline < 0 ? text.length : newline
    const line = text.toString('utf8', at, Math.min(end, at + 16_384))
    if (line.trim() !== '' && !line.trimStart().startsWith('#')) {
      if (SAMPLE_LINE.test(line)) return
      throw new AppError('SCRAPE_NOT_READABLE', `the text is not a Prometheus exposition: it has the line "${line.trim().slice(0, 80)}"`)
    }
    at = end + 1
  }
  throw new AppError('SCRAPE_NOT_READABLE', 'the exposition holds no series')
}

function isOllamaList(text: Buffer): boolean {
  // A series may begin with a brace as well, in the newest text format: whatever is no JSON is judged as an exposition.
  return text[0] === 0x7b && loadedOllamaModels(readJson(text.toString('utf8'))) !== undefined
}

/** Ollama has no exposition; what it says of itself is the list of the models that it has loaded, `GET /api/ps`. */
function isListOfModels(text: Buffer): boolean {
  if (text.subarray(0, 256).toString('utf8').trimStart()[0] !== '{') return false
  return readExposition(text.toString('utf8'), { pool: '', endpoint: '', sampledAtMs: 0 }).product !== undefined
}

/** The message for an exposition: the text as it is, keyed by endpoint so that the readings of a server stay in order. */
export function expositionRecord(text: Buffer, contentType: string | undefined, facts: ReadingFacts): NewRecord {
  const { pool, engine, endpoint, model, region, source, readAtMs } = facts
  return {
    key: endpoint ?? pool,
    value: text,
    headers: {
      pool,
      source: source ?? 'default',
      'scraped-at-ms': String(readAtMs),
      'content-type': contentType ?? 'text/plain',
      ...(engine !== undefined && { engine }),
      ...(endpoint !== undefined && { endpoint }),
      ...(model !== undefined && { model }),
      ...(region !== undefined && { region }),
    },
  }
}

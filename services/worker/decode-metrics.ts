import { isUtf8 } from 'node:buffer'
import type { DeadLetter } from '../../schemas/dead-letter.ts'
import type { EngineSampleRow } from '../../schemas/engine-sample.ts'
import { samplesFromExposition } from '../../schemas/engines/registry.ts'
import { windowStart } from '../platform/clock.ts'
import type { ErrorCode } from '../platform/errors.ts'
import type { LogRecord } from '../platform/event-log/port.ts'
import { timeFault } from './accept-time.ts'
import type { DecodeConfig } from './decode.ts'

/** What an exposition gave. `lines` is 1 for an exposition that gave samples, plus one for each dead letter. */
export interface DecodedEngineMetrics {
  samples: EngineSampleRow[]
  deadLetters: DeadLetter[]
  lines: number
  /** Series that no engine's table names. */
  unknownSeries: number
}

const WHOLE_MS = /^\d{1,16}$/

/**
 * Decodes one message of the engine-metrics topic: an exposition. Headers: `pool` (needed), `endpoint`, `engine`, `model`, `region`, `scraped-at-ms`
 * (default: when the event log took it). An exposition without any sample is one dead letter, whole; else each unreadable line of it is one. Never throws.
 */
export function decodeEngineMetrics(record: LogRecord, config: DecodeConfig): DecodedEngineMetrics {
  const bytes = Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength)
  const wholly = (code: ErrorCode, message: string): DecodedEngineMetrics => {
    const isText = code !== 'LINE_NOT_UTF8'
    const kept = { line: bytes.toString(isText ? 'utf8' : 'base64'), encoding: isText ? ('utf8' as const) : ('base64' as const) }
    return { samples: [], deadLetters: [{ ...letterAt(record, config, 0), code, message, ...kept }], lines: 1, unknownSeries: 0 }
  }
  if (!isUtf8(bytes)) return wholly('LINE_NOT_UTF8', 'The exposition is not UTF-8.')
  const { pool = '', endpoint = '', engine = '', model = '', region = '', 'scraped-at-ms': scrapedAt = '' } = record.headers
  if (pool === '')
    return wholly('LINE_FIELD_MISSING', 'The header pool is missing: it names the group of model servers that the target belongs to.')
  if (scrapedAt !== '' && !WHOLE_MS.test(scrapedAt)) {
    return wholly(
      'LINE_FIELD_INVALID',
      `The header scraped-at-ms is ${JSON.stringify(scrapedAt.slice(0, 40))}; expected milliseconds since 1970.`,
    )
  }
  const sampledAtMs = scrapedAt === '' ? record.timestampMs : Number(scrapedAt)
  const late = timeFault('scraped-at-ms', sampledAtMs, config)
  if (late !== undefined) return wholly('LINE_TIME_OUT_OF_RANGE', late)
  const text = bytes.toString('utf8')
  const target = { pool, endpoint, engine, region, sampledAtMs, ...(model === '' ? {} : { model }) }
  const scrape = samplesFromExposition(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, target)
  if (scrape.samples.length === 0) {
    const [first] = scrape.errors
    if (first !== undefined) return wholly('SCRAPE_NOT_READABLE', `${first.message} No sample could be read.`)
    return wholly('SCRAPE_ENGINE_UNKNOWN', `None of the ${scrape.unknownSeries} series is one that Weir reads of an engine it knows.`)
  }
  const samples = scrape.samples.map((sample, rowNo) => ({ ...sample, ...rowIdentity(record, config, sampledAtMs), row_no: rowNo }))
  const deadLetters = scrape.errors.map(
    ({ lineNo, line, message }): DeadLetter => ({
      ...letterAt(record, config, lineNo - 1),
      code: 'SCRAPE_NOT_READABLE',
      message,
      line,
      encoding: 'utf8',
    }),
  )
  return { samples, deadLetters, lines: 1 + deadLetters.length, unknownSeries: scrape.unknownSeries }
}

function rowIdentity(record: LogRecord, config: DecodeConfig, sampledAtMs: number) {
  return {
    window_start: windowStart(sampledAtMs),
    log_epoch: config.logEpoch,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    received_at: record.timestampMs,
  }
}

function letterAt(record: LogRecord, config: DecodeConfig, lineNo: number) {
  return {
    received_at: record.timestampMs,
    source: record.headers['source'] ?? '',
    log_epoch: config.logEpoch,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    line_no: lineNo,
  }
}

import { isUtf8 } from 'node:buffer'
import type { DeadLetter } from '../../../schemas/dead-letter.ts'
import type { EngineSampleRow } from '../../../schemas/engine-sample.ts'
import type { GatewaySampleRow } from '../../../schemas/gateway-sample.ts'
import type { GpuSampleRow } from '../../../schemas/gpu-sample.ts'
import type { ExpositionError } from '../../../schemas/metrics/engines/exposition.ts'
import type { Target } from '../../../schemas/metrics/engines/samples.ts'
import { readExposition } from '../../../schemas/metrics/read-exposition.ts'
import { windowStart } from '../../platform/clock.ts'
import type { ErrorCode } from '../../platform/errors.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'
import { timeFault } from './accept-time.ts'
import { deadLetterAt, type KeptLine, positionOf, wholeMessage } from './dead-letter.ts'
import type { DecodeConfig } from './line.ts'

/**
 * What an exposition gave. `lines` is 1 for an exposition that was accepted, skipped or refused whole, plus one for each dead letter
 * of one that gave samples.
 */
export interface DecodedEngineMetrics {
  samples: EngineSampleRow[]
  gpuSamples: GpuSampleRow[]
  gatewaySamples: GatewaySampleRow[]
  deadLetters: DeadLetter[]
  lines: number
  /** Why it gave no sample although nothing is wrong with it. */
  skip?: typeof NO_READING
  /** Engine, gateway or exporter; undefined: none that Weir knows. */
  product?: string
  /** Series that no table names. */
  unknownSeries: number
}

/** The exposition is of a product that Weir knows and holds no number that it keeps: an engine at its start, a server without a model. */
export const NO_READING = 'no_reading'

const WHOLE_MS = /^\d{1,16}$/
/** Rows of an exposition are numbered in 16 bits. */
const MAX_ROWS = 65_536

/**
 * Decodes one message of the engine-metrics topic: an exposition. Headers: `pool` (needed), `endpoint`, `engine`, `model`, `region`,
 * `scraped-at-ms` (default: when the event log took it). An exposition that cannot be read is one dead letter, whole; of one that gives
 * samples the lines that are refused for one reason are one. Never throws.
 */
export function decodeEngineMetrics(record: LogRecord, config: DecodeConfig): DecodedEngineMetrics {
  const bytes = Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength)
  const position = positionOf(record, config)
  const wholly = (code: ErrorCode, message: string): DecodedEngineMetrics => {
    const isText = code !== 'LINE_NOT_UTF8'
    const kept: KeptLine = isText ? { line: bytes.toString('utf8'), encoding: 'utf8' } : wholeMessage(record)
    return { ...nothing, deadLetters: [deadLetterAt(position, 0, { code, message }, kept)] }
  }
  if (!isUtf8(bytes)) return wholly('LINE_NOT_UTF8', 'The exposition is not UTF-8.')
  const target = targetOf(record, config)
  if ('code' in target) return wholly(target.code, target.message)
  const text = bytes.toString('utf8')
  const read = readExposition(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, target)
  const { product, unknownSeries } = read
  const rowsOf = <Sample>(samples: readonly Sample[]) =>
    samples.map((sample, row_no) => ({ ...sample, ...rowIdentity(record, config, target.sampledAtMs), row_no }))
  const samples = { samples: rowsOf(read.samples), gpuSamples: rowsOf(read.gpus), gatewaySamples: rowsOf(read.gateways) }
  const most = Math.max(...Object.values(samples).map(rows => rows.length))
  if (most > MAX_ROWS)
    return wholly('LINE_FIELD_INVALID', `The exposition gives ${most} samples of one kind; at most ${MAX_ROWS} are read.`)
  if (most === 0) {
    const [first] = read.errors
    if (first !== undefined) return wholly('SCRAPE_NOT_READABLE', `${first.message} No sample could be read.`)
    if (product !== undefined) return { ...nothing, skip: NO_READING, product, unknownSeries }
    return wholly('SCRAPE_ENGINE_UNKNOWN', `None of the ${unknownSeries} series is one that Weir reads of an engine it knows.`)
  }
  const deadLetters = byReason(read.errors).map(({ lineNo, line, message }) =>
    deadLetterAt(position, lineNo - 1, { code: 'SCRAPE_NOT_READABLE', message }, { line, encoding: 'utf8' }),
  )
  return { ...samples, deadLetters, lines: 1 + deadLetters.length, ...(product === undefined ? {} : { product }), unknownSeries }
}

/** An exposition whose lines are refused for more reasons than this is refused for too many to tell apart. */
const MAX_REASONS = 20

/**
 * The lines that are refused for one reason, as one: a target that repeats its series does so at each reading, thousands of times. The
 * lines are kept whole; the message is that of the first.
 */
function byReason(errors: readonly ExpositionError[]): ExpositionError[] {
  const groups = Map.groupBy(errors, ({ message }) => message.replace(/^Line \d+: /, ''))
  const told = groups.size > MAX_REASONS ? [errors] : [...groups.values()]
  return told.flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? []
    const why = told.length < groups.size ? `for ${groups.size} reasons in all` : 'for the same reason'
    const message = `${first.message.slice(0, 500)} ${others.length} more of its lines are refused, ${why}.`
    return { lineNo: first.lineNo, line: [first, ...others].map(({ line }) => line).join('\n'), message }
  })
}

const nothing = { samples: [], gpuSamples: [], gatewaySamples: [], deadLetters: [], lines: 1, unknownSeries: 0 }

/** What the headers say was read, and when; or what is wrong with them. */
function targetOf(record: LogRecord, config: DecodeConfig): Target | { code: ErrorCode; message: string } {
  const { pool = '', endpoint = '', engine = '', model = '', region = '', 'scraped-at-ms': scrapedAt = '' } = record.headers
  if (pool === '') {
    return {
      code: 'LINE_FIELD_MISSING',
      message: 'The header pool is missing: it names the group of model servers that the target belongs to.',
    }
  }
  if (scrapedAt !== '' && !WHOLE_MS.test(scrapedAt)) {
    const message = `The header scraped-at-ms is ${JSON.stringify(scrapedAt.slice(0, 40))}; expected milliseconds since 1970.`
    return { code: 'LINE_FIELD_INVALID', message }
  }
  const sampledAtMs = scrapedAt === '' ? record.timestampMs : Number(scrapedAt)
  const late = timeFault('scraped-at-ms', sampledAtMs, config)
  if (late !== undefined) return { code: 'LINE_TIME_OUT_OF_RANGE', message: late }
  return { pool, endpoint, engine, region, sampledAtMs, ...(model === '' ? {} : { model }) }
}

/** Identity and window of the rows of a message read at that time, ms since 1970; `row_no` is missing. */
export function rowIdentity(record: LogRecord, config: DecodeConfig, sampledAtMs: number) {
  return {
    window_start: windowStart(sampledAtMs),
    log_epoch: config.logEpoch,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    received_at: record.timestampMs,
  }
}

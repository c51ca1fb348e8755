import type { AttemptRow } from '../../../schemas/attempt.ts'
import type { DeadLetter } from '../../../schemas/dead-letter.ts'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import type { NameTenant } from '../../../schemas/dialects/tenant-names.ts'
import type { NameUpstream } from '../../../schemas/dialects/upstream-names.ts'
import type { EngineSampleRow } from '../../../schemas/engine-sample.ts'
import type { GatewaySampleRow } from '../../../schemas/gateway-sample.ts'
import type { GpuSampleRow } from '../../../schemas/gpu-sample.ts'
import type { MessageRead } from '../../../schemas/message-read.ts'
import type { ParkedMessage } from '../../../schemas/parked-message.ts'
import { ENGINE_METRICS_TOPIC } from '../../../schemas/topics.ts'
import { messageOf } from '../../platform/errors.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'
import { type AcceptTime, acceptTimeAt } from './accept-time.ts'
import { deadLetterAt, type KeptLine, positionOf, wholeMessage } from './dead-letter.ts'
import { accessLogDecoding, type DecodedAccessLog, decodeAccessLog } from './decode-lines.ts'
import { decodeEngineMetrics } from './decode-metrics.ts'
import { decodeReadings } from './decode-readings.ts'
import { type DecodeConfig, keptLine } from './line.ts'
import { addEnd, type LineEnd } from './line-ends.ts'
import { openLines } from './steps.ts'
import { withoutStacks } from './without-stacks.ts'

/** What one message of the event log came to. */
export interface DecodedMessage {
  attempts: readonly AttemptRow[]
  samples: readonly EngineSampleRow[]
  gpuSamples?: readonly GpuSampleRow[]
  gatewaySamples?: readonly GatewaySampleRow[]
  /** Series of an exposition that no table names. */
  unknownSeries?: { product: string; count: number }
  deadLetters: readonly DeadLetter[]
  ledger: MessageRead
  /** In which step its lines ended, and how. */
  ends: readonly LineEnd[]
  /** The message itself, when its source is parked; nothing else is made of it. */
  parked?: ParkedMessage
  /** The line of the message's text (from 0) on which each of its lines begins; undefined: as they are numbered. */
  textLines?: Uint32Array
}

/** What decoding is told. */
export interface MessageConfig {
  /** Identity of the event log, part of every row identity. */
  logEpoch: string
  /** Longest line that is read, bytes. */
  maxLineBytes: number
  /** Times accepted of a message taken at that time; default: `acceptTimeAt`. Must not depend on the reader's clock. */
  acceptTime?: (takenAtMs: number) => AcceptTime
  /** Dialects that the operator described in mapping files. */
  ownDialects?: readonly Reader[]
  /** Finds the operator's own names of upstreams. */
  nameUpstream?: NameUpstream | undefined
  nameTenant?: NameTenant | undefined
}

/** Decodes a message. */
export type DecodeMessage = (record: LogRecord) => DecodedMessage

/** Builds what turns a message of either topic into rows, dead letters and its entry in the ledger. What it builds never throws. */
export function buildDecoder(config: MessageConfig): DecodeMessage {
  return orWholeMessage(config, record => {
    const decodeConfig = decodeConfigAt(record, config)
    if (record.topic === ENGINE_METRICS_TOPIC) return expositionMessage(record, decodeConfig)
    return accessLogMessage(record, decodeConfig, decodeAccessLog(record, decodeConfig))
  })
}

/**
 * Builds the same in parts, for who must not hold up others for as long as a message takes: 500 KB may hold 175,000 lines. The parts never
 * throw, and the last gives the whole.
 */
export function buildDecoderInParts(config: MessageConfig): (record: LogRecord) => Iterator<undefined, DecodedMessage, undefined> {
  const decodeAtOnce = buildDecoder(config)
  return record => {
    if (record.topic === ENGINE_METRICS_TOPIC) return { next: () => ({ done: true, value: decodeAtOnce(record) }) }
    const decodeConfig = decodeConfigAt(record, config)
    const decoding = accessLogDecoding(record, decodeConfig)
    const next = withoutStacks((): IteratorResult<undefined, DecodedMessage> => {
      try {
        const part = decoding.next()
        return part.done ? { done: true, value: accessLogMessage(record, decodeConfig, part.value) } : part
      } catch (thrown) {
        return { done: true, value: unreadMessage(record, config, thrown) }
      }
    })
    return { next: () => next(undefined) }
  }
}

function decodeConfigAt(record: LogRecord, config: MessageConfig): DecodeConfig {
  return { ...config, ...(config.acceptTime ?? acceptTimeAt)(record.timestampMs) }
}

/** Makes one dead letter (LINE_NOT_READ) of a message whose decoding throws: a defect of ours must not keep a partition from moving on. */
export function orWholeMessage(config: Pick<MessageConfig, 'logEpoch'>, decode: DecodeMessage): DecodeMessage {
  return withoutStacks((record: LogRecord) => {
    try {
      return decode(record)
    } catch (thrown) {
      return unreadMessage(record, config, thrown)
    }
  })
}

function unreadMessage(record: LogRecord, config: Pick<MessageConfig, 'logEpoch'>, thrown: unknown): DecodedMessage {
  const position = positionOf(record, config)
  const fault = { code: 'LINE_NOT_READ', message: `decoding failed: ${messageOf(thrown)}` } as const
  const letter = deadLetterAt(position, 0, fault, wholeMessage(record))
  return {
    attempts: [],
    samples: [],
    ends: endsOf({ rows: 0, deadLetters: [letter] }),
    deadLetters: [letter],
    ledger: { ...position, lines: 1, rows: 0, accepted_lines: 0, dead_letters: 1, ...noneSkipped },
  }
}

/** Gives line `lineNo` of a message, counted as decoding counts them; the whole message when it is an exposition. */
export type LineAt = (record: LogRecord, lineNo: number) => KeptLine

/** Builds what finds a line of a message again. */
export function buildLineAt(config: Pick<MessageConfig, 'maxLineBytes' | 'ownDialects'>): LineAt {
  return (record, lineNo) => {
    const line = record.topic === ENGINE_METRICS_TOPIC ? undefined : openLines(record, config)[lineNo]
    return line === undefined ? wholeMessage(record) : keptLine(line)
  }
}

/** Builds what counts the lines of a message of the access-log topic, as decoding would. What it builds never throws. */
export function buildLineCount(config: Pick<MessageConfig, 'maxLineBytes' | 'ownDialects'>): (record: LogRecord) => number {
  return withoutStacks(record => {
    try {
      return openLines(record, config).length
    } catch {
      // As decoding would find: one dead letter.
      return 1
    }
  })
}

function accessLogMessage(record: LogRecord, config: DecodeConfig, decoded: DecodedAccessLog): DecodedMessage {
  const { rows, deadLetters, skipped, lines, ends, textLines } = decoded
  // Counted from the rows and not as lines less dead letters: the ledger is there to find out when the two differ.
  const accepted_lines = distinctLines(rows)
  const counts = { lines, rows: rows.length, accepted_lines, dead_letters: deadLetters.length }
  const skips = { skipped_lines: skipped.length, skip_reasons: countsOf(skipped), parked_lines: 0 }
  const ledger = { ...positionOf(record, config), ...counts, ...skips }
  return { attempts: rows, samples: [], deadLetters, ledger, ends, ...(textLines === undefined ? {} : { textLines }) }
}

/** An exposition is one line; those of its own lines that are refused for one reason are a further one. */
function expositionMessage(record: LogRecord, config: DecodeConfig): DecodedMessage {
  const { samples, gpuSamples, gatewaySamples, deadLetters, lines, skip, product, unknownSeries } =
    decodeReadings(record, config) ?? decodeEngineMetrics(record, config)
  const rows = samples.length + gpuSamples.length + gatewaySamples.length
  const counts = { lines, rows, accepted_lines: rows > 0 ? 1 : 0, dead_letters: deadLetters.length }
  const skips = skip === undefined ? noneSkipped : { skipped_lines: 1, skip_reasons: { [skip]: 1 }, parked_lines: 0 }
  const ledger = { ...positionOf(record, config), ...counts, ...skips }
  const unknown = product === undefined ? {} : { unknownSeries: { product, count: unknownSeries } }
  const ends = endsOf({ rows, deadLetters, ...(skip === undefined ? {} : { skip }) })
  return { attempts: [], samples, gpuSamples, gatewaySamples, deadLetters, ledger, ends, ...unknown }
}

/** An exposition is read in one step. */
function endsOf({ rows, deadLetters, skip }: { rows: number; deadLetters: readonly DeadLetter[]; skip?: string }): LineEnd[] {
  const ends: LineEnd[] = []
  const step = 'read_exposition'
  if (rows > 0) addEnd(ends, { step, outcome: 'rows', reason: '', count: 1 })
  if (skip !== undefined) addEnd(ends, { step, outcome: 'skipped', reason: skip, count: 1 })
  for (const { code } of deadLetters) addEnd(ends, { step, outcome: 'dead_letter', reason: code, count: 1 })
  return ends
}

const noneSkipped = { skipped_lines: 0, skip_reasons: {}, parked_lines: 0 } as const

function countsOf(reasons: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}

/** Rows of one line stand together, in the order of the lines. */
function distinctLines(rows: readonly { line_no: number }[]): number {
  let lines = 0
  let last = -1
  for (const { line_no } of rows) {
    if (line_no !== last) lines += 1
    last = line_no
  }
  return lines
}

/**
 * Messages of the event log into rows and dead letters. Decoding is total (every record ends as rows, as one dead letter or as one counted skip) and a pure function of the
 * message, so that a redelivered message gives the same rows.
 */
import type { AttemptContent, AttemptRow } from '../../../schemas/attempt.ts'
import type { DeadLetter } from '../../../schemas/dead-letter.ts'
import { isObject } from '../../../schemas/dialects/dialect.ts'
import type { Reader } from '../../../schemas/dialects/field-table.ts'
import { readAttempts } from '../../../schemas/dialects/read-attempts.ts'
import { recogniseDialect } from '../../../schemas/dialects/registry.ts'
import type { SkipReason } from '../../../schemas/dialects/skip-reasons.ts'
import { windowStart } from '../../platform/clock.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'
import { type AcceptTime, timeFault } from './accept-time.ts'
import { type OpenRecord, readRecords } from './open-records.ts'
import { rawTextOf } from './split-lines.ts'

/** What decoding needs to know; times in ms since 1970 UTC. */
export interface DecodeConfig extends AcceptTime {
  /** Identity of the event log that the record came from. */
  logEpoch: string
  /** Longest line that is read, in bytes. */
  maxLineBytes: number
  /** Dialects that the operator described in mapping files, tried before the built-in ones. */
  ownDialects?: readonly Reader[]
}

/** What a message gave. `lines` counts its records: each is in `rows` (one or more), in `deadLetters` (exactly one) or in `skipped` (once). */
export interface DecodedAccessLog {
  rows: AttemptRow[]
  deadLetters: DeadLetter[]
  /** Why each line was skipped that is no attempt at a model. */
  skipped: SkipReason[]
  lines: number
}

interface Sender {
  source: string
  dialect: string
  /** Tenants that it may write for; undefined: all. */
  tenants: ReadonlySet<string> | undefined
}

/** Decodes one message of the access-log topic. Headers: `dialect` (a hint), `source`, `tenants` (JSON array of tenants that the sender may write for). Never throws. */
export function decodeAccessLog(record: LogRecord, config: DecodeConfig): DecodedAccessLog {
  const sender = senderOf(record)
  const records = readRecords(record, config.maxLineBytes, config.ownDialects)
  const hasEscapes =
    records.length > 0 && Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength).includes('\\u')
  const decoded: DecodedAccessLog = { rows: [], deadLetters: [], skipped: [], lines: records.length }
  for (const [lineNo, raw] of records.entries()) {
    try {
      const { attempts, dialect, skip } = attemptsOf(raw, sender, config, hasEscapes)
      if (skip !== undefined) decoded.skipped.push(skip)
      for (const [rowNo, attempt] of attempts.entries()) decoded.rows.push(rowOf(attempt, dialect, record, config, lineNo, rowNo))
    } catch (thrown) {
      decoded.deadLetters.push(deadLetterOf(thrown, raw, record, config, lineNo))
    }
  }
  return decoded
}

function attemptsOf(
  raw: OpenRecord,
  sender: Sender,
  config: DecodeConfig,
  hasEscapes: boolean,
): { attempts: AttemptContent[]; dialect: string; skip?: SkipReason } {
  if (raw.fault !== undefined) throw raw.fault
  if (raw.skip !== undefined) return { attempts: [], dialect: '', skip: raw.skip }
  if (!isObject(raw.value)) throw new AppError('LINE_NOT_JSON', `The line is ${kindOf(raw.value)}; expected a JSON object.`)
  const { reader } = recogniseDialect(raw.value, sender.dialect, config.ownDialects)
  const skip = reader.dialect.skips?.(raw.value)
  if (skip !== undefined) return { attempts: [], dialect: reader.dialect.name, skip }
  const attempts = readAttempts(reader, raw.value, { source: sender.source, hasEscapes })
  for (const attempt of attempts) {
    if (sender.tenants !== undefined && !sender.tenants.has(attempt.tenant_id)) {
      throw new AppError('LINE_TENANT_NOT_ALLOWED', `The sender may not write for the tenant ${JSON.stringify(attempt.tenant_id)}.`)
    }
    const fault = timeFault('started_at', attempt.started_at, config)
    if (fault !== undefined) throw new AppError('LINE_TIME_OUT_OF_RANGE', fault)
  }
  return { attempts, dialect: reader.dialect.name }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array inside an array' : `a ${typeof value}`
}

function senderOf(record: LogRecord): Sender {
  const { source = '', dialect = '', tenants } = record.headers
  return { source, dialect, tenants: tenants === undefined || tenants === '' ? undefined : tenantsOf(tenants) }
}

/** A header that cannot be read allows no tenant: better a dead letter than a line under somebody else's name. */
function tenantsOf(header: string): ReadonlySet<string> {
  try {
    const names: unknown = JSON.parse(header)
    return new Set(Array.isArray(names) ? names.filter(name => typeof name === 'string') : [])
  } catch {
    return new Set()
  }
}

function rowOf(
  attempt: AttemptContent,
  dialect: string,
  record: LogRecord,
  config: DecodeConfig,
  lineNo: number,
  rowNo: number,
): AttemptRow {
  return {
    ...attempt,
    dialect,
    window_start: windowStart(attempt.started_at),
    log_epoch: config.logEpoch,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    line_no: lineNo,
    row_no: rowNo,
    received_at: record.timestampMs,
  }
}

function deadLetterOf(thrown: unknown, raw: OpenRecord, record: LogRecord, config: DecodeConfig, lineNo: number): DeadLetter {
  // Anything but an AppError is a defect of ours: the line is kept with that reason, and its neighbours go on.
  const isKnown = thrown instanceof AppError
  return {
    received_at: record.timestampMs,
    source: record.headers['source'] ?? '',
    code: isKnown ? thrown.code : 'LINE_NOT_READ',
    message: messageOf(thrown),
    line: rawTextOf(raw),
    encoding: raw.raw instanceof Uint8Array ? 'base64' : 'utf8',
    log_epoch: config.logEpoch,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    line_no: lineNo,
  }
}

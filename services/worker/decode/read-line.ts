import { RESERVED_TENANTS } from '../../../schemas/attempt.ts'
import { isObject } from '../../../schemas/dialects/dialect.ts'
import { readAttempts } from '../../../schemas/dialects/read-attempts.ts'
import { recogniseDialect } from '../../../schemas/dialects/registry.ts'
import { windowStart } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'
import { timeFault } from './accept-time.ts'
import { type DecodeConfig, type LineState, notJson, objectOf } from './line.ts'
import type { Sender } from './sender.ts'

/** What the steps of a line know of its message. */
export interface LineContext {
  record: LogRecord
  sender: Sender
  config: DecodeConfig
  /** The message's text holds `\u` escapes: only then can a string hold NUL or half a surrogate pair. */
  hasEscapes: boolean
}

/** Finds the dialect. Throws LINE_NOT_JSON when the line is no object, LINE_DIALECT_UNKNOWN; some lines of known dialects are skipped. */
export function recogniseLine(line: LineState, { sender, config }: LineContext): void {
  if (!isObject(line.value)) throw notJson(`The line is ${kindOf(line.value)}; expected a JSON object.`)
  const { reader } = recogniseDialect(line.value, sender.dialect, config.ownDialects)
  line.reader = reader
  line.skip = reader.dialect.skips?.(line.value)
}

/** Reads the attempts and holds them to their contract, counts among it. Throws LINE_FIELD_MISSING and LINE_FIELD_INVALID. */
export function readLine(line: LineState, { sender, hasEscapes, config }: LineContext): void {
  if (line.reader === undefined) throw new Error('a line is read before its dialect is known')
  line.attempts = readAttempts(line.reader, objectOf(line), {
    source: sender.source,
    hasEscapes,
    nameUpstream: config.nameUpstream,
    nameTenant: sender.nameTenant ?? config.nameTenant,
  })
  if (line.attempts.length === 0) throw new Error(`the dialect ${line.reader.dialect.name} gave no attempt for the line`)
}

/**
 * Throws LINE_TENANT_NOT_ALLOWED when the sender may not write for a tenant of the line. Every sender may tell of callers whom its gateway
 * did not know: nobody is billed for them, and operators alone see them.
 */
export function checkTenants({ attempts }: LineState, { sender: { tenants } }: LineContext): void {
  if (tenants === undefined) return
  for (const { tenant_id } of attempts) {
    if (tenant_id !== RESERVED_TENANTS.unauthenticated && !tenants.has(tenant_id))
      throw new AppError('LINE_TENANT_NOT_ALLOWED', `The sender may not write for the tenant ${JSON.stringify(tenant_id)}.`)
  }
}

/** Throws LINE_TIME_OUT_OF_RANGE when an attempt is too old or lies in the future. */
export function checkTimes({ attempts }: LineState, { config }: LineContext): void {
  for (const { started_at } of attempts) {
    const fault = timeFault('started_at', started_at, config)
    if (fault !== undefined) throw new AppError('LINE_TIME_OUT_OF_RANGE', fault)
  }
}

/** Makes rows of the attempts: their window and where they come from. `lineNo` is the line's number in its message, from 0. */
export function placeRows(line: LineState, { record, config }: LineContext, lineNo: number): void {
  const dialect = line.reader?.dialect.name ?? ''
  line.rows = line.attempts.map((attempt, row_no) => ({
    ...attempt,
    dialect,
    window_start: windowStart(attempt.started_at),
    log_epoch: config.logEpoch,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    line_no: lineNo,
    row_no,
    received_at: record.timestampMs,
  }))
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array inside an array' : `a ${typeof value}`
}

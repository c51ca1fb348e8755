import type { LogRecord } from '../../services/platform/event-log/port.ts'
import { acceptAnyTime } from '../../services/worker/decode/accept-time.ts'
import type { DecodeConfig } from '../../services/worker/decode/line.ts'

/** Reads lines of any time, up to 64 KiB long. */
export const anyTime: DecodeConfig = { ...acceptAnyTime, logEpoch: 'epoch-1', maxLineBytes: 64 * 1024 }

/** When the event log of these tests took its records. */
export const TAKEN_AT = Date.parse('2026-11-23T17:30:00.000Z')

/** A record of the access-log topic at partition 3, offset 41. */
export function accessRecord(value: string | Uint8Array, headers: Record<string, string> = {}): LogRecord {
  return {
    topic: 'weir.access-log.v1',
    partition: 3,
    offset: 41,
    timestampMs: TAKEN_AT,
    key: undefined,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers,
  }
}

/** A record of the engine-metrics topic. */
export function metricsRecord(
  value: string | Uint8Array,
  headers: Record<string, string> = { pool: 'llama', endpoint: '10.8.1.12:8000' },
): LogRecord {
  return { ...accessRecord(value, headers), topic: 'weir.engine-metrics.v1' }
}

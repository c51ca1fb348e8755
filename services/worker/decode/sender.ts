import type { LogRecord } from '../../platform/event-log/port.ts'

/** What a message says of its sender. */
export interface Sender {
  source: string
  /** A hint. */
  dialect: string
  /** Tenants that it may write for; undefined: all. */
  tenants: ReadonlySet<string> | undefined
}

/** The sender by the headers `source`, `dialect` and `tenants` (JSON array). */
export function senderOf(record: Pick<LogRecord, 'headers'>): Sender {
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

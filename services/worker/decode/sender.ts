import type { NameTenant } from '../../../schemas/dialects/tenant-names.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'

/** What a message says of its sender. */
export interface Sender {
  source: string
  /** A hint. */
  dialect: string
  /** Tenants that it may write for; undefined: all. */
  tenants: ReadonlySet<string> | undefined
  /** Of a sender that may write for one tenant alone: lines that name nobody are that tenant's. */
  nameTenant: NameTenant | undefined
}

/** The sender by the headers `source`, `dialect` and `tenants` (JSON array). */
export function senderOf(record: Pick<LogRecord, 'headers'>): Sender {
  const { source = '', dialect = '', tenants } = record.headers
  const known = tenants === undefined || tenants === '' ? undefined : tenantsOf(tenants)
  const [only] = known?.size === 1 ? known : []
  return { source, dialect, tenants: known, nameTenant: only === undefined ? undefined : () => only }
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

import { Compile } from 'typebox/compile'
import { AppError } from '../../services/platform/errors.ts'
import { AttemptContent, emptyAttempt, RESERVED_TENANTS } from '../attempt.ts'
import type { Dialect, Facts, FactTable, Line } from './dialect.ts'
import { missingField, type Reader, readFields } from './field-table.ts'
import { startKey } from './own-identity.ts'
import { isOfUnknownCaller, withClaim } from './refused-callers.ts'
import type { NameTenant } from './tenant-names.ts'
import { shown } from './transforms.ts'
import { nameUpstreams } from './upstream.ts'
import type { NameUpstream } from './upstream-names.ts'

const DETAIL_LIMIT = 300
const contract = Compile(AttemptContent)
const reservedTenants: ReadonlySet<string> = new Set(Object.values(RESERVED_TENANTS))

/** What the sender said beside the line. */
export interface ReadOptions {
  /** Who sent it; '' leaves what the line says. */
  source: string
  /** The raw text holds `\u` escapes: only then can a string hold NUL or half a surrogate pair. */
  hasEscapes: boolean
  /** Finds the operator's own names of upstreams. */
  nameUpstream?: NameUpstream | undefined
  /** Finds who is charged for lines that name nobody. */
  nameTenant?: NameTenant | undefined
}

/**
 * The attempts of a line in a known dialect, complete and within the contract of schemas/attempt.ts. Throws LINE_FIELD_INVALID or
 * LINE_FIELD_MISSING with the field's name. The same line always gives the same attempts.
 */
export function readAttempts(reader: Reader, line: Line, options: ReadOptions): AttemptContent[] {
  const { dialect } = reader
  const opened = dialect.open === undefined ? line : dialect.open(line)
  const reading = readFields(reader, opened, line)
  const {
    tenant_id = '',
    request_id,
    started_at,
  } = reading.values as Partial<AttemptContent> & Pick<AttemptContent, 'request_id' | 'started_at'>
  const isClaimed = reading.tenantFrom === '' || dialect.claimedTenants?.includes(reading.tenantFrom) === true
  const base = Object.assign(emptyAttempt(tenant_id, request_id, started_at), reading.values)
  base.extra = reading.extra
  const attempts = dialect.attempts === undefined ? [base] : dialect.attempts(opened, base, reading.facts as Facts<FactTable>)
  for (const attempt of attempts) {
    const isUnknown = attempt.outcome === 'rejected' && isOfUnknownCaller(attempt, isClaimed)
    if (isUnknown) giveToNobody(attempt)
    else if (attempt.tenant_id === '') attempt.tenant_id = options.nameTenant?.(attempt, options.source) ?? noTenant(dialect)
    complete(attempt, options)
    if (options.hasEscapes) refuseBrokenText(attempt)
    if (!contract.Check(attempt)) throw outsideContract(attempt)
    if (!isUnknown && reservedTenants.has(attempt.tenant_id)) throw reservedTenant(attempt.tenant_id)
  }
  return attempts
}

function noTenant(dialect: Dialect): never {
  throw missingField(dialect, 'tenant_id')
}

/** Who called is not known: a tenant that the line names is a claim. */
function giveToNobody(attempt: AttemptContent): void {
  const { unauthenticated } = RESERVED_TENANTS
  if (attempt.tenant_id !== '' && attempt.tenant_id !== unauthenticated) attempt.extra = withClaim(attempt.extra, attempt.tenant_id)
  attempt.tenant_id = unauthenticated
}

function complete(attempt: AttemptContent, { source, nameUpstream }: ReadOptions): void {
  if (source !== '') attempt.source = source
  nameUpstreams(attempt, nameUpstream)
  attempt.attempt_key ||= startKey(attempt)
  if (attempt.duration_ms === null && attempt.ended_at !== null && attempt.ended_at >= attempt.started_at) {
    attempt.duration_ms = attempt.ended_at - attempt.started_at
  }
  if (attempt.ended_at === null && attempt.duration_ms !== null) attempt.ended_at = attempt.started_at + Math.round(attempt.duration_ms)
  // Words for people: cut and repaired rather than refused.
  if (attempt.error_detail !== '')
    attempt.error_detail = attempt.error_detail.slice(0, DETAIL_LIMIT).toWellFormed().replaceAll('\0', '\uFFFD')
}

/** ClickHouse keeps valid UTF-8, and a NUL in a name is an attack or an accident; either would make two names look like one. */
function refuseBrokenText(attempt: AttemptContent): void {
  for (const [column, value] of Object.entries(attempt)) {
    if (typeof value !== 'string') continue
    if (!value.isWellFormed())
      throw new AppError('LINE_FIELD_INVALID', `${column} holds half a surrogate pair (\\ud800 to \\udfff alone), which is no character.`)
    if (value.includes('\0')) throw new AppError('LINE_FIELD_INVALID', `${column} holds a NUL character (\\u0000), which no name may hold.`)
  }
}

function reservedTenant(name: string): AppError {
  return new AppError('LINE_FIELD_INVALID', `tenant_id is ${name}, a name that stands for no tenant: send the line under another.`)
}

function outsideContract(attempt: AttemptContent): AppError {
  const [first] = contract.Errors(attempt)
  const column = first?.instancePath.slice(1) ?? 'line'
  const value = (attempt as unknown as Record<string, unknown>)[column]
  const expected = contractOf(column)
  return new AppError('LINE_FIELD_INVALID', `${column} is ${shown(value)}; ${expected ?? first?.message ?? 'it breaks the contract'}.`)
}

interface ColumnSchema {
  anyOf?: { const?: unknown }[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

/** What the contract says of a column, in words where the validator's own would not name the choices. */
function contractOf(column: string): string | undefined {
  const schema = (AttemptContent.properties as Record<string, ColumnSchema | undefined>)[column]
  const choices = schema?.anyOf?.map(choice => choice.const).filter(choice => typeof choice === 'string')
  if (choices !== undefined && choices.length > 0) return `expected one of ${choices.map(choice => JSON.stringify(choice)).join(', ')}`
  if (schema?.maximum !== undefined) return `expected a whole number from ${schema.minimum ?? 0} to ${schema.maximum}`
  if (schema?.maxLength !== undefined) return `expected ${schema.minLength ?? 0} to ${schema.maxLength} characters`
  return undefined
}

/** Corrections of closed months: what they come to now less what was issued. */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { AppError } from '../../platform/errors.ts'
import type { Terms } from '../terms/terms.ts'
import { buildCalendar } from './billing-month.ts'
import { buildConvert } from './convert.ts'
import { correctionDetails } from './corrections.ts'
import type { Detail } from './detail.ts'
import type { DraftChoice, DraftSource } from './draft-source.ts'
import { fingerprintOf } from './fingerprint.ts'
import { type MonthDetails, monthDetailsApart, tenantTerms } from './month-details.ts'
import { spanOf } from './spans.ts'
import type { StatementDetail } from './statement.ts'
import { readCorrectingDetails, readHeads, readWhole, type StoredHead, type StoredStatement } from './store.ts'

/**
 * Closed statements of months before `month` that may come to something else now: their terms have another version or one of the minutes
 * that they were made from, in any zone of the terms, was settled again. Of the others nothing can differ: statements are a pure function
 * of both.
 */
export async function changedStatements(
  month: string,
  terms: Terms,
  tenants: readonly string[] | undefined,
  clickhouse: ClickHouse,
): Promise<StoredStatement[]> {
  const heads = await readHeads({ tenants, before: month }, clickhouse)
  const fingerprints = new Map<string, Promise<string>>()
  const changed: StoredStatement[] = []
  for (const head of heads) {
    const isOfOtherTerms = head.basis.terms_version !== terms.version
    const span = spanOf(head.month, terms, [head.time_zone])
    const key = `${span.start_ms} ${span.end_ms}`
    if (!isOfOtherTerms && !fingerprints.has(key)) fingerprints.set(key, fingerprintOf(span, clickhouse))
    if (isOfOtherTerms || head.windows_fingerprint === '' || (await fingerprints.get(key)) !== head.windows_fingerprint) changed.push(head)
  }
  return changed
}

/** Corrections of one tenant's earlier months, and the statements that were looked at. `fault`: why they cannot be made. */
export interface Corrections {
  details: Detail[]
  statements: string[]
  fault?: AppError
}

/** Corrections by tenant. */
export async function readCorrections(
  choice: Omit<DraftChoice, 'adjustments' | 'onRefused'>,
  source: DraftSource,
): Promise<Map<string, Corrections>> {
  const found = new Map<string, Corrections>()
  if (choice.corrected.length === 0) return found
  const heads = await readHeads({ tenants: choice.tenants }, source.clickhouse)
  // Whole are only those that are computed again; of the others no more is read than what they corrected of these.
  const corrected = await readWhole(
    heads.filter(({ statement_id }) => choice.corrected.includes(statement_id)),
    source.clickhouse,
  )
  const before = heads.filter(other => isBefore(other, choice))
  const issued = [...(await readCorrectingDetails(before, choice.corrected, source.clickhouse)).values()].flat()
  for (const [month, statements] of Map.groupBy(corrected, statement => statement.month)) {
    const current = await currentDetails(month, statements, source)
    for (const statement of statements) {
      const known = found.get(statement.tenant_id) ?? { details: [], statements: [] }
      found.set(statement.tenant_id, { ...known, ...correctionsOf(statement, known, { issued, current, terms: source.terms }) })
    }
  }
  return found
}

function correctionsOf(
  statement: StoredStatement,
  known: Corrections,
  { issued, current, terms }: { issued: readonly StatementDetail[]; current: MonthDetails; terms: Terms },
): Corrections {
  const { statement_id, tenant_id, month, basis } = statement
  const statements = [...known.statements, statement_id]
  const own = statement.details.filter(item => item.charge_class === '' && item.adjustment_id === '')
  const corrections = issued.filter(item => item.corrects_statement === statement_id && item.correction_reason !== 'dispute')
  const details = correctionDetails(
    { terms_version: terms.version, details: current.details.get(tenant_id) ?? [] },
    { statement_id, month, terms_version: basis.terms_version, details: own.map(plain), corrections: corrections.map(plain) },
  )
  const fault = known.fault ?? current.faults.get(tenant_id) ?? currencyFault(statement, details, terms)
  return { details: [...known.details, ...details], statements, ...(fault && { fault }) }
}

/** Whether a closed statement's corrections were issued before the one that is made. */
function isBefore(other: StoredHead, { month, closedBeforeMs }: Pick<DraftChoice, 'month' | 'closedBeforeMs'>): boolean {
  return closedBeforeMs === undefined ? other.month !== month : (other.closed_at_ms ?? 0) < closedBeforeMs
}

/** A closed month keeps the zone and the currency that it was closed with. */
async function currentDetails(month: string, statements: readonly StoredStatement[], source: DraftSource): Promise<MonthDetails> {
  const monthOf = buildCalendar(month)
  const asClosed = statements.map(({ tenant_id, time_zone, currency }) => ({
    ...tenantTerms(source.terms, tenant_id),
    time_zone,
    currency,
  }))
  const tenants = asClosed.map(({ id }) => id)
  const terms = { ...source.terms, tenants: [...source.terms.tenants.filter(({ id }) => !tenants.includes(id)), ...asClosed] }
  const { maxQuantities } = source
  const reading = await source.readFacts(monthOf, terms, source.clickhouse, { tenants, maxQuantities })
  return monthDetailsApart({ ...reading, monthOf, terms, convert: buildConvert(terms), tenants })
}

function currencyFault(statement: StoredStatement, corrections: readonly Detail[], terms: Terms): AppError | undefined {
  const { currency } = tenantTerms(terms, statement.tenant_id)
  if (currency === statement.currency || corrections.length === 0) return undefined
  const { statement_id, tenant_id } = statement
  return new AppError(
    'STATEMENT_INVALID',
    `statement ${statement_id} of tenant "${tenant_id}" was closed in ${statement.currency} and has corrections, ` +
      `but the billing terms now say ${currency}: keep its currency as it was`,
  )
}

function plain(item: Detail & { line_no?: number }): Detail {
  const { line_no: _no, ...rest } = item
  return rest
}

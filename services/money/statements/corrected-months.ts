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
import { monthDetails, tenantTerms } from './month-details.ts'
import { spanOf } from './spans.ts'
import { readHeads, readStatements, type StoredStatement } from './store.ts'

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

/** Corrections by tenant, and the statements that were looked at. */
export async function readCorrections(
  choice: Omit<DraftChoice, 'adjustments'>,
  source: DraftSource,
): Promise<Map<string, { details: Detail[]; statements: string[] }>> {
  const found = new Map<string, { details: Detail[]; statements: string[] }>()
  if (choice.corrected.length === 0) return found
  const closed = await readStatements({ tenants: choice.tenants }, source.clickhouse)
  const corrected = closed.filter(statement => choice.corrected.includes(statement.statement_id))
  for (const [month, statements] of Map.groupBy(corrected, statement => statement.month)) {
    const current = await currentDetails(month, statements, source)
    for (const statement of statements) {
      const { statement_id, tenant_id, basis } = statement
      const own = statement.details.filter(item => item.charge_class === '' && item.adjustment_id === '')
      const corrections = closed
        .filter(other => isBefore(other, choice))
        .flatMap(other => other.details.filter(item => item.corrects_statement === statement_id && item.correction_reason !== 'dispute'))
      const details = correctionDetails(
        { terms_version: source.terms.version, details: current.get(tenant_id) ?? [] },
        { statement_id, month, terms_version: basis.terms_version, details: own.map(plain), corrections: corrections.map(plain) },
      )
      checkCurrency(statement, details, source.terms)
      const known = found.get(tenant_id) ?? { details: [], statements: [] }
      found.set(tenant_id, { details: [...known.details, ...details], statements: [...known.statements, statement_id] })
    }
  }
  return found
}

/** Whether a closed statement's corrections were issued before the one that is made. */
function isBefore(other: StoredStatement, { month, closedBeforeMs }: Pick<DraftChoice, 'month' | 'closedBeforeMs'>): boolean {
  return closedBeforeMs === undefined ? other.month !== month : (other.closed_at_ms ?? 0) < closedBeforeMs
}

/** A closed month keeps the zone and the currency that it was closed with. */
async function currentDetails(month: string, statements: readonly StoredStatement[], source: DraftSource): Promise<Map<string, Detail[]>> {
  const monthOf = buildCalendar(month)
  const asClosed = statements.map(({ tenant_id, time_zone, currency }) => ({
    ...tenantTerms(source.terms, tenant_id),
    time_zone,
    currency,
  }))
  const ids = new Set(asClosed.map(({ id }) => id))
  const terms = { ...source.terms, tenants: [...source.terms.tenants.filter(({ id }) => !ids.has(id)), ...asClosed] }
  return monthDetails({ monthOf, terms, convert: buildConvert(terms), ...(await source.readFacts(monthOf, terms, source.clickhouse)) })
}

function checkCurrency(statement: StoredStatement, corrections: readonly Detail[], terms: Terms): void {
  const { currency } = tenantTerms(terms, statement.tenant_id)
  if (currency === statement.currency || corrections.length === 0) return
  throw new AppError(
    'STATEMENT_INVALID',
    `statement ${statement.statement_id} of tenant "${statement.tenant_id}" was closed in ${statement.currency} and has corrections, but the billing terms now say ${currency}: keep its currency as it was`,
  )
}

function plain(item: Detail & { line_no?: number }): Detail {
  const { line_no: _no, ...rest } = item
  return rest
}

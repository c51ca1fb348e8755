import { ACCESS_LOG_TOPIC } from '../../../schemas/topics.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { AppError } from '../../platform/errors.ts'
import { readRepricingMinutes } from '../price-book/repricing.ts'
import { type Adjustment, adjustmentDetail } from './adjustment.ts'
import { readAdjustments } from './adjustment-store.ts'
import { type BillingMonth, buildBillingMonth, buildCalendar } from './billing-month.ts'
import { buildStatement, statementId } from './build-statement.ts'
import { buildConvert } from './convert.ts'
import { type Corrections, readCorrections } from './corrected-months.ts'
import type { Calendar, DraftChoice, DraftSource } from './draft-source.ts'
import { monthDetailsApart, statementTenant, tenantTerms } from './month-details.ts'
import type { Statement, StatementBasis } from './statement.ts'
import { readHeads } from './store.ts'

const ledgerSql = readQuery(import.meta.url, 'ledger')
const countsSql = readQuery(import.meta.url, 'counts')
const windowsSql = readQuery(import.meta.url, 'windows')

/**
 * Drafts of a month's statements, in the order of tenants: charges, pools, shared costs, commitments, corrections of earlier months and
 * adjustments, with their basis. Nothing is written. What cannot be computed of one tenant is told to `choice.onRefused`, and the others
 * have their drafts; without it, it is thrown. STATEMENT_INVALID for a month that overlaps or misses what the month before was closed with
 * (the zone was changed).
 */
export async function buildDrafts(choice: DraftChoice, source: DraftSource): Promise<Statement[]> {
  const { terms, clickhouse, maxQuantities } = source
  const monthOf = buildCalendar(choice.month)
  const reading = await source.readFacts(monthOf, terms, clickhouse, { untilMs: source.asOfMs, tenants: choice.tenants, maxQuantities })
  const facts = { ...reading, monthOf, terms, convert: buildConvert(terms), tenants: choice.tenants }
  const { details, faults } = monthDetailsApart(facts)
  const corrections = await readCorrections(choice, source)
  const known = [...new Set([...details.keys(), ...faults.keys(), ...corrections.keys(), ...terms.tenants.map(({ id }) => id)])]
  const tenants = (choice.tenants ?? known).toSorted()
  const adjustments = await openAdjustments(choice, tenants, clickhouse)
  const basisOf = buildBasisReader(choice, source, monthOf)
  const repricingOf = buildRepricingReader(source, monthOf)
  const drafts: Statement[] = []
  for (const id of choice.tenants ? tenants : [...new Set([...tenants, ...adjustments.keys()])].sort()) {
    const corrected = corrections.get(id) ?? noCorrections
    const fault = faults.get(id) ?? corrected.fault
    if (fault !== undefined) {
      refuse(id, fault, choice)
      continue
    }
    const { name, team, cost_centre, gl_code, tags, time_zone, currency } = tenantTerms(terms, id)
    const month = monthOf(time_zone)
    const who = { issuer: terms.issuer, tenant_id: id, tenant_name: name, team, cost_centre, gl_code, tags }
    const when = { month: choice.month, time_zone, period_start_ms: month.start_ms, period_end_ms: month.end_ms }
    const all = [...(details.get(id) ?? []), ...corrected.details, ...(adjustments.get(id) ?? []).map(booked(month))]
    const basis = await basisOf(id, time_zone, corrected.statements)
    const repricing_minutes = await repricingOf(time_zone)
    drafts.push(buildStatement({ ...who, ...when, currency, basis, as_of_ms: source.asOfMs ?? null, repricing_minutes }, all))
  }
  return drafts
}

const noCorrections: Corrections = { details: [], statements: [] }

function refuse(id: string, fault: AppError, { onRefused }: DraftChoice): void {
  if (onRefused === undefined) throw fault
  onRefused(id, fault)
}

function booked(month: BillingMonth) {
  return (adjustment: Adjustment & { corrected?: BillingMonth }) => adjustmentDetail(adjustment, month, adjustment.corrected)
}

async function openAdjustments(choice: DraftChoice, tenants: readonly string[], clickhouse: ClickHouse) {
  const own = tenants.map(tenant => statementId(tenant, choice.month))
  const open = await readAdjustments({ tenants, month: choice.month, own }, clickhouse)
  const chosen = choice.adjustments === undefined ? open : open.filter(one => choice.adjustments?.includes(one.adjustment_id))
  const heads = chosen.some(one => one.corrects_statement !== '') ? await readHeads({ tenants }, clickhouse) : []
  const withPeriod = chosen.map(one => {
    const head = heads.find(({ statement_id }) => statement_id === one.corrects_statement)
    return head ? { ...one, corrected: buildBillingMonth(head.month, head.time_zone) } : one
  })
  return Map.groupBy(withPeriod, one => one.tenant_id)
}

interface Counts {
  tenant_id: string
  requests: number
  attempts: number
  raw_rows: number
}

/** Minutes of each zone's month that are still to be priced anew, read once. A closing settles what it needs itself. */
function buildRepricingReader({ clickhouse, asOfMs }: DraftSource, monthOf: Calendar) {
  const zones = new Map<string, Promise<number>>()
  return async (zone: string): Promise<number> => {
    if (asOfMs === undefined) return 0
    const reading = zones.get(zone) ?? readRepricingMinutes(monthOf(zone), clickhouse)
    zones.set(zone, reading)
    return await reading
  }
}

/** Reads the counts of each zone's month once. */
function buildBasisReader(choice: DraftChoice, { clickhouse, terms, price_version, positions }: DraftSource, monthOf: Calendar) {
  const zones = new Map<string, ReturnType<typeof read>>()
  const read = async (zone: string) => {
    const { start_ms, end_ms } = monthOf(zone)
    const period = { from: start_ms / 1000, to: end_ms / 1000 }
    const ledger = {
      access_log: ACCESS_LOG_TOPIC,
      log_epochs: positions.map(one => one.log_epoch),
      topics: positions.map(one => one.topic),
      partitions: positions.map(one => one.partition),
      next_offsets: positions.map(one => one.next_offset),
      from_ms: start_ms,
      to_ms: end_ms,
    }
    const [counts, [windows], [lines]] = await Promise.all([
      clickhouse.query<Counts>(countsSql, period),
      clickhouse.query<{ windows: number }>(windowsSql, period),
      clickhouse.query<{ lines_received: number; lines_accounted: number }>(ledgerSql, ledger),
    ])
    return { counts: Map.groupBy(counts, row => statementTenant(row.tenant_id)), windows: windows?.windows ?? 0, lines }
  }
  return async (tenant: string, zone: string, corrected: readonly string[]): Promise<StatementBasis> => {
    const reading = zones.get(zone) ?? read(zone)
    zones.set(zone, reading)
    const { counts, windows, lines } = await reading
    const own = counts.get(tenant) ?? []
    const sum = (field: 'requests' | 'attempts' | 'raw_rows') => own.reduce((all, row) => all + row[field], 0)
    return {
      price_version,
      terms_version: terms.version,
      positions,
      windows,
      raw_rows: sum('raw_rows'),
      requests: sum('requests'),
      attempts: sum('attempts'),
      lines_received: lines?.lines_received ?? 0,
      lines_accounted: lines?.lines_accounted ?? 0,
      corrected: corrected.filter(id => choice.corrected.includes(id)),
    }
  }
}

/** Throws STATEMENT_INVALID when the month does not begin where the tenant's month before, which is closed, ended. */
export function checkContinues(month: BillingMonth, before: Pick<Statement, 'tenant_id' | 'period_end_ms' | 'time_zone' | 'month'>): void {
  if (before.period_end_ms === month.start_ms) return
  throw new AppError(
    'STATEMENT_INVALID',
    `${month.month} of tenant "${before.tenant_id}" in ${month.time_zone} does not begin where ${before.month}, closed in ` +
      `${before.time_zone}, ended: keep the tenant's time_zone in the billing terms as it was`,
  )
}

import { createHash } from 'node:crypto'
import { contentHash } from './canonical.ts'
import { type Detail, detailKeyFields, keyText, lineKeyFields, mergeDetails, summedFields } from './detail.ts'
import { roundToMinorUnit } from './minor-unit.ts'
import type { Statement, StatementDetail, StatementLine } from './statement.ts'

/** Who a statement is for and what month: all of it that is no sum. */
export type StatementHead = Pick<
  Statement,
  | 'issuer'
  | 'tenant_id'
  | 'tenant_name'
  | 'team'
  | 'cost_centre'
  | 'gl_code'
  | 'tags'
  | 'month'
  | 'time_zone'
  | 'period_start_ms'
  | 'period_end_ms'
  | 'currency'
  | 'basis'
>

/**
 * Makes the draft of a statement from its details: summed exactly into lines of the month, each rounded half to even to the currency's minor unit, with
 * a rounding line for what the rounded lines differ from the rounded total. Details in any order give the same bytes.
 */
export function buildStatement(head: StatementHead, details: readonly Detail[]): Statement {
  const merged = mergeDetails(details).sort(byKey)
  const lines: StatementLine[] = []
  const numbered: StatementDetail[] = []
  const noOf = new Map<string, StatementLine>()
  for (const item of merged) {
    const key = keyText(item, lineKeyFields)
    let line = noOf.get(key)
    if (line === undefined) {
      line = { ...lineOf(item), line_no: lines.length + 1 }
      noOf.set(key, line)
      lines.push(line)
    } else {
      for (const field of summedFields) line[field] += item[field]
      if (line.exchange_rate !== item.exchange_rate) line.exchange_rate = 0n
    }
    numbered.push({ ...item, line_no: line.line_no })
  }
  for (const line of lines) line.billed_cost = roundToMinorUnit(line.precise_cost, head.currency)
  const precise_total = lines.reduce((sum, line) => sum + line.precise_cost, 0n)
  const payable = roundToMinorUnit(precise_total, head.currency)
  const difference = payable - lines.reduce((sum, line) => sum + line.billed_cost, 0n)
  if (difference !== 0n) lines.push(roundingLine(lines.length + 1, difference, head.currency))
  const draft: Statement = {
    ...head,
    statement_id: statementId(head.tenant_id, head.month),
    status: 'draft',
    lines,
    details: numbered,
    precise_total,
    payable,
    content_sha256: '',
    closed_at_ms: null,
    closed_by: '',
    forced_reason: '',
  }
  return { ...draft, content_sha256: contentHash(draft) }
}

/** The id of a tenant's statement of a month: the month, what of the tenant's id may stand in a path, and a hash that tells apart what looks alike. */
export function statementId(tenantId: string, month: string): string {
  const plain = tenantId
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 32)
  return `${month}-${plain || 'tenant'}-${createHash('sha256').update(tenantId).digest('hex').slice(0, 8)}`
}

function lineOf(item: Detail): Omit<StatementLine, 'line_no'> {
  const { charge_period_start_ms: _start, charge_period_end_ms: _end, allocated_ratio: _ratio, allocated_method: _method, ...line } = item
  return { ...line, billed_cost: 0n }
}

function roundingLine(line_no: number, billed_cost: bigint, currency: string): StatementLine {
  return {
    line_no,
    charge_category: 'Adjustment',
    charge_class: '',
    corrects_statement: '',
    correction_reason: '',
    description: 'Rounding: the lines above are rounded one by one, the total once',
    upstream_kind: '',
    upstream: '',
    model: '',
    region: '',
    service_tier: '',
    meter: 'rounding',
    price_key: '',
    price_version: 0,
    min_input_tokens: 0,
    is_wasted: false,
    estimate_method: '',
    rate_term: '',
    commitment_id: '',
    adjustment_id: '',
    pricing_currency: currency,
    exchange_rate: 10n ** 18n,
    list_unit_price: null,
    contracted_unit_price: null,
    quantity: 0n,
    unit: '',
    list_cost: 0n,
    contracted_cost: 0n,
    effective_cost: 0n,
    precise_cost: 0n,
    billed_cost,
  }
}

// Usage of providers, of pools, shared costs, commitments, adjustments, corrections.
const sections: readonly ((item: Detail) => boolean)[] = [
  item => item.charge_class === '' && item.upstream_kind === 'provider',
  item => item.charge_class === '' && item.upstream_kind !== '',
  item => item.charge_class === '' && item.meter === 'shared_cost',
  item => item.charge_class === '' && item.commitment_id !== '',
  item => item.charge_class === '',
]

function byKey(a: Detail, b: Detail): number {
  const section = sectionOf(a) - sectionOf(b)
  if (section !== 0) return section
  for (const field of [...lineKeyFields, ...detailKeyFields]) {
    const [left, right] = [a[field] ?? -1n, b[field] ?? -1n]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

function sectionOf(item: Detail): number {
  const found = sections.findIndex(isIn => isIn(item))
  return found === -1 ? sections.length : found
}

import { createHash } from 'node:crypto'
import { contentHash } from './canonical.ts'
import { type Detail, detailKeyFields, keyText, lineKeyFields, mergeDetails, summedFields } from './detail.ts'
import { roundToMinorUnit } from './minor-unit.ts'
import type { Statement, StatementDetail, StatementLine } from './statement.ts'
import { commonFields, emptyOf, lineFields, namesOf } from './statement-fields.ts'

/** Who a statement is for and what month: all of it that is no sum. `as_of_ms`: of a draft of a month that runs. */
export type StatementHead = { as_of_ms?: number | null; repricing_minutes?: number } & Omit<
  Statement,
  | 'statement_id'
  | 'status'
  | 'as_of_ms'
  | 'repricing_minutes'
  | 'lines'
  | 'details'
  | 'precise_total'
  | 'payable'
  | 'content_sha256'
  | 'closed_at_ms'
  | 'closed_by'
  | 'forced_reason'
>

const commonNames = namesOf(commonFields).filter(name => name !== 'line_no')

/**
 * Makes the draft of a statement from its details: summed exactly into lines of the month, each rounded half to even to the currency's
 * minor unit, with a rounding line for what the rounded lines differ from the rounded total. Details in any order give the same bytes.
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
      if (line.exchange_rate !== item.exchange_rate) line.exchange_rate = null
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
    as_of_ms: head.as_of_ms ?? null,
    repricing_minutes: head.repricing_minutes ?? 0,
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

/**
 * The id of a tenant's statement of a month: the month, what of the tenant's id may stand in a path, and a hash that tells apart what looks
 * alike.
 */
export function statementId(tenantId: string, month: string): string {
  const plain = tenantId
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 32)
  return `${month}-${plain || 'tenant'}-${createHash('sha256').update(tenantId).digest('hex').slice(0, 8)}`
}

function lineOf(item: Detail): StatementLine {
  return { ...(Object.fromEntries(commonNames.map(name => [name, item[name as keyof Detail]])) as Detail), line_no: 0, billed_cost: 0n }
}

function roundingLine(line_no: number, billed_cost: bigint, currency: string): StatementLine {
  const description = 'Rounding: the lines above are rounded one by one, the total once'
  return {
    ...emptyOf(lineFields),
    ...{ line_no, charge_category: 'Adjustment', description, meter: 'rounding', pricing_currency: currency, billed_cost },
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

const orderFields = [...lineKeyFields, ...detailKeyFields] as (keyof Detail)[]

function byKey(a: Detail, b: Detail): number {
  const section = sectionOf(a) - sectionOf(b)
  if (section !== 0) return section
  for (const field of orderFields) {
    const [left, right] = [a[field] ?? -1n, b[field] ?? -1n]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

function sectionOf(item: Detail): number {
  const found = sections.findIndex(isIn => isIn(item))
  return found === -1 ? sections.length : found
}

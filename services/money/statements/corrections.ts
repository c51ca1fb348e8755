import type { Decimal } from '../decimal.ts'
import { type Detail, detailKeyFields, keyText, lineKeyFields, mergeDetails, summedFields } from './detail.ts'
import { commonFields, type DetailField, type Field, namesOf, type SummedField } from './statement-fields.ts'

/** A closed statement as corrections need it. */
export interface IssuedStatement {
  statement_id: string
  month: string
  terms_version: number
  /** Its own details: no corrections of earlier months, no adjustments, no rounding. */
  details: readonly Detail[]
  /** Details of later closed statements that correct it already, without disputes. */
  corrections: readonly Detail[]
}

/** What the month of a closed statement comes to with the rows, prices and terms of now. */
export interface CurrentMonth {
  terms_version: number
  details: readonly Detail[]
}

type Sums = Record<SummedField, Decimal>

const decidedBy = (by: Field<unknown>['decidedBy']) => namesOf(commonFields, field => field.decidedBy === by)
const correctionFields = decidedBy('correction')
/** Fields that a price or a term decides; the others say what was used. */
const [priceFields, termFields] = [decidedBy('price'), decidedBy('terms')]
const keyFields = [...lineKeyFields, ...detailKeyFields].filter(field => !(correctionFields as readonly string[]).includes(field))
const useFields = keyFields.filter(field => !([...priceFields, ...termFields] as readonly string[]).includes(field))

/**
 * Current − (issued + corrected already), detail by detail: the correction of a closed month, with its own charge periods, naming the
 * statement that it corrects and why. Empty when nothing changed. The corrections sum to the difference exactly, in every cost and
 * quantity.
 */
export function correctionDetails(current: CurrentMonth, issued: IssuedStatement): Detail[] {
  const deltas = new Map<string, { item: Detail; sums: Sums }>()
  const addAll = (details: readonly Detail[], sign: 1n | -1n) => {
    for (const item of details) {
      const key = keyText(item, keyFields)
      const known = deltas.get(key)
      const sums = known?.sums ?? noSums()
      for (const field of summedFields) sums[field] += sign * item[field]
      if (known === undefined) deltas.set(key, { item, sums })
    }
  }
  addAll(current.details, 1n)
  addAll(issued.details, -1n)
  addAll(issued.corrections, -1n)
  const changed = [...deltas.values()].filter(({ sums }) => summedFields.some(field => sums[field] !== 0n))
  const groups = Map.groupBy(changed, ({ item }) => keyText(item, useFields))
  const haveTermsChanged = current.terms_version !== issued.terms_version
  return mergeDetails(
    [...groups.values()].flatMap(group => {
      const reason = reasonOf(group, haveTermsChanged)
      return group.map(({ item, sums }) => ({
        ...item,
        ...sums,
        charge_class: 'Correction' as const,
        corrects_statement: issued.statement_id,
        correction_reason: reason,
        description: `${plainDescription(item)}: correction of ${issued.month}, ${reasonWords[reason]}`,
        allocated_ratio: null,
        allocated_method: '',
      }))
    }),
  )
}

const reasonWords = {
  late_rows: 'rows that came after it was closed',
  price: 'a price that was corrected',
  terms: 'billing terms that were changed',
} as const

/**
 * The same use taken from one price and put to another is a price's doing, from one term to another a term's; the rest are rows that came
 * late.
 */
function reasonOf(group: readonly { item: Detail; sums: Sums }[], haveTermsChanged: boolean): keyof typeof reasonWords {
  const isMoved = group.some(({ sums }) => sums.quantity < 0n) && group.some(({ sums }) => sums.quantity > 0n)
  if (isMoved && hasSeveral(group, priceFields)) return 'price'
  if (isMoved && haveTermsChanged && hasSeveral(group, termFields)) return 'terms'
  const isUse = group.some(({ item }) => item.price_key !== '' || item.list_unit_price !== null)
  return haveTermsChanged && !isUse ? 'terms' : 'late_rows'
}

function hasSeveral(group: readonly { item: Detail }[], fields: readonly DetailField[]): boolean {
  return new Set(group.map(({ item }) => keyText(item, fields))).size > 1
}

function plainDescription(item: Detail): string {
  return item.charge_class === '' ? item.description : item.description.replace(/: correction of .*$/, '')
}

function noSums(): Sums {
  return { quantity: 0n, list_cost: 0n, contracted_cost: 0n, effective_cost: 0n, precise_cost: 0n }
}

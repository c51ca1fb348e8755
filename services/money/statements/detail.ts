/** The parts that a statement is put together from, before they are summed into lines and numbered. */
import { RESERVED_TENANTS } from '../../../schemas/attempt.ts'
import type { StatementDetail } from './statement.ts'
import {
  type CommonField,
  commonFields,
  type DetailField,
  dailyFields,
  detailFields,
  emptyOf,
  type Field,
  namesOf,
  type SummedField,
} from './statement-fields.ts'

/** A detail that is not part of a numbered line yet. */
export type Detail = Omit<StatementDetail, 'line_no'>

/** Tenant id of the statement that holds what no tenant is charged for. */
export const HOUSE_TENANT = RESERVED_TENANTS.house
/**
 * Tenant ids whose costs stand on the house's statement: idle that is kept apart, busy time that no attempt explains, attempts of nobody.
 */
export const HOUSE_TENANTS: readonly string[] = ['', ...Object.values(RESERVED_TENANTS)]

/** Fields that sum when details are put together. */
export const summedFields = namesOf(commonFields, field => field.isSummed === true) as SummedField[]

/** Fields that tell lines apart. In this order lines are sorted after their section. */
export const lineKeyFields: readonly CommonField[] = namesOf(commonFields, field => field.keyOrder !== undefined).sort(
  (a, b) => orderOf(a) - orderOf(b),
)

/** Fields that tell the details of a line apart, in the order that they are sorted by. */
export const detailKeyFields: readonly DetailField[] = namesOf({ ...dailyFields, ...commonFields }, field => field.isDetailKey === true)

const { line_no: _none, ...empty } = emptyOf(detailFields)

const allKeyFields = [...lineKeyFields, ...detailKeyFields]

/** A detail with the given facts and neutral values for the rest. */
export function detail(facts: Partial<Detail>): Detail {
  return { ...empty, ...facts }
}

/** Text that is equal for details with equal values of `fields`. */
export function keyText(item: Partial<StatementDetail>, fields: readonly DetailField[]): string {
  let text = ''
  for (const field of fields) text += `${item[field] ?? '∅'}\u0000`
  return text
}

function orderOf(name: CommonField): number {
  return (commonFields[name] as Field<unknown>).keyOrder ?? 0
}

/** Puts details of the same line, charge period and exchange rate together. */
export function mergeDetails(details: readonly Detail[]): Detail[] {
  const merged = new Map<string, Detail>()
  for (const one of details) {
    const key = keyText(one, allKeyFields)
    const known = merged.get(key)
    if (known === undefined) {
      merged.set(key, { ...one })
      continue
    }
    for (const field of summedFields) known[field] += one[field]
    known.allocated_ratio =
      known.allocated_ratio === null || one.allocated_ratio === null ? null : known.allocated_ratio + one.allocated_ratio
  }
  return [...merged.values()]
}

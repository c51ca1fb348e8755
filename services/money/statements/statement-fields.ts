/**
 * Every field of a statement, told once: the types of statement.ts, the columns that are stored and written as CSV, what tells lines and
 * details apart and what sums are made of this table; test/money/statements/statement-fields.test.ts holds the tables of ClickHouse against
 * it. The order is that of the CSV.
 */
import { type Decimal, formatDecimal, parseDecimal } from '../decimal.ts'

/** One field with values of type V. */
export interface Field<V> {
  /** ClickHouse type of its column; LowCardinality is the table's affair. */
  type: string
  /** Value of a line that says nothing of it. */
  empty: V
  /** Tells lines apart; lines are sorted by these in ascending order, after their section. */
  keyOrder?: number
  /** What a difference in it comes from when a closed month is corrected; absent: from what was used. */
  decidedBy?: 'price' | 'terms' | 'correction'
  /** Adds up when details are put together. */
  isSummed?: true
  /** Tells the details of a line apart. */
  isDetailKey?: true
}

type Facts = Pick<Field<unknown>, 'keyOrder' | 'decidedBy'>
type Fields = Readonly<Record<string, Field<unknown>>>

/** The values of a table of fields. */
export type ValuesOf<F extends Fields> = { -readonly [Name in keyof F]: F[Name]['empty'] }

const text = <V extends string = string>(facts: Facts = {}, empty: string = ''): Field<V> => ({
  type: 'String',
  empty: empty as V,
  ...facts,
})
const count = (type: string, facts: Facts = {}): Field<number> => ({ type, empty: 0, ...facts })
const amount = (): Field<Decimal> & { isSummed: true } => ({ type: 'Decimal(38, 18)', empty: 0n, isSummed: true })
const price = (facts: Facts): Field<Decimal | null> => ({ type: 'Nullable(Decimal(38, 18))', empty: null, ...facts })

/** Fields of lines and of details. */
export const commonFields = {
  line_no: count('UInt32'),
  /** FOCUS ChargeCategory. */
  charge_category: text<'Usage' | 'Purchase' | 'Credit' | 'Adjustment'>({ keyOrder: 3 }, 'Usage'),
  /** FOCUS ChargeClass. */
  charge_class: text<'' | 'Correction'>({ keyOrder: 2, decidedBy: 'correction' }),
  /** Statement that a correction corrects; '' otherwise. */
  corrects_statement: text({ keyOrder: 1, decidedBy: 'correction' }),
  /** Why it was corrected; '' otherwise. */
  correction_reason: text<'' | 'late_rows' | 'price' | 'terms' | 'dispute'>({ keyOrder: 22, decidedBy: 'correction' }),
  description: text({ keyOrder: 23, decidedBy: 'correction' }),
  upstream_kind: text({ keyOrder: 4 }),
  upstream: text({ keyOrder: 5 }),
  model: text({ keyOrder: 6 }),
  region: text({ keyOrder: 8 }),
  service_tier: text({ keyOrder: 7 }),
  /** token kind, or gpu_busy, gpu_idle, gpu_unattributed, shared_cost, commitment, commitment_unused, adjustment, rounding. */
  meter: text({ keyOrder: 9 }),
  is_wasted: { type: 'Bool', empty: false, keyOrder: 10 } as Field<boolean>,
  estimate_method: text({ keyOrder: 11 }),
  price_key: text({ keyOrder: 14, decidedBy: 'price' }),
  price_version: count('UInt32', { keyOrder: 15, decidedBy: 'price' }),
  min_input_tokens: count('UInt64', { keyOrder: 16, decidedBy: 'price' }),
  rate_term: text({ keyOrder: 17, decidedBy: 'terms' }),
  /** Id of the commitment that this line bills, that covers this usage, or that was left unused; '': none. */
  commitment_id: text({ keyOrder: 12, decidedBy: 'terms' }),
  /** Id of the credit or adjustment that this line books; '': none. */
  adjustment_id: text({ keyOrder: 13 }),
  pricing_currency: text({ keyOrder: 18, decidedBy: 'terms' }),
  exchange_rate: { type: 'Decimal(38, 18)', empty: 10n ** 18n, decidedBy: 'terms', isDetailKey: true } as Field<Decimal> & {
    isDetailKey: true
  },
  /** null: unpriced, which is not free, or not priced by the unit. */
  list_unit_price: price({ keyOrder: 19, decidedBy: 'price' }),
  contracted_unit_price: price({ keyOrder: 20, decidedBy: 'terms' }),
  quantity: amount(),
  unit: text({ keyOrder: 21 }),
  list_cost: amount(),
  contracted_cost: amount(),
  effective_cost: amount(),
  /** Precise amount that is billed, before rounding. */
  precise_cost: amount(),
} as const satisfies Fields

/** Fields of lines alone. */
export const issuedFields = {
  /** `precise_cost` rounded to the currency's minor unit, half to even. */
  billed_cost: { type: 'Decimal(38, 18)', empty: 0n } as Field<Decimal>,
  /** null: several applied within the month; the details have each. */
  exchange_rate: { type: 'Nullable(Decimal(38, 18))', empty: 10n ** 18n } as Field<Decimal | null>,
} as const satisfies Fields

/** Fields of details alone. */
export const dailyFields = {
  /** Start of the charge, ms UTC: of the tenant's billing day, or of the month. */
  charge_period_start_ms: { type: 'Int64', empty: 0, isDetailKey: true } as Field<number> & { isDetailKey: true },
  /** Its end, exclusive. */
  charge_period_end_ms: { type: 'Int64', empty: 0, isDetailKey: true } as Field<number> & { isDetailKey: true },
  /** FOCUS AllocatedRatio of pool and shared costs; null: not a split cost. */
  allocated_ratio: price({}),
  allocated_method: text(),
} as const satisfies Fields

/** Fields of the statement itself that are stored. */
export const headFields = {
  statement_id: text(),
  /** Who issued it; from the terms, as all of who the tenant is. */
  issuer: text(),
  /** '__house__': what no tenant is charged for. */
  tenant_id: text(),
  tenant_name: text(),
  team: text(),
  cost_centre: text(),
  gl_code: text(),
  tags: { type: 'Map(String, String)', empty: {} } as Field<Readonly<Record<string, string>>>,
  /** Billing month, YYYY-MM, of `time_zone`. */
  month: text(),
  time_zone: text(),
  period_start_ms: count('Int64'),
  /** Exclusive. */
  period_end_ms: count('Int64'),
  currency: text(),
  /** Sum of the precise costs. */
  precise_total: { type: 'Decimal(38, 18)', empty: 0n } as Field<Decimal>,
  /** precise_total rounded to the minor unit; equals the sum of `billed_cost`, the rounding line included. */
  payable: { type: 'Decimal(38, 18)', empty: 0n } as Field<Decimal>,
  /** Over the statement's canonical JSON without closing time, name and hash. */
  content_sha256: text(),
  /** null: a draft. */
  closed_at_ms: { type: 'Int64', empty: null } as Field<number | null>,
  closed_by: text(),
  /** Why it was closed below the completeness threshold; '': it was complete. */
  forced_reason: text(),
} as const satisfies Fields

/** Next offset of every partition of the event log that was accounted for. */
type Positions = readonly { log_epoch: string; topic: string; partition: number; next_offset: number }[]

/** Fields of what a closed statement was made from: enough to make it again from raw. */
export const basisFields = {
  price_version: count('UInt32'),
  terms_version: count('UInt32'),
  /** Next offset of every partition of the access-log and metrics topics that was accounted for. */
  positions: {
    type: 'Array(Tuple(log_epoch String, topic String, partition UInt32, next_offset UInt64))',
    empty: [],
  } as Field<Positions>,
  windows: count('UInt64'),
  raw_rows: count('UInt64'),
  requests: count('UInt64'),
  attempts: count('UInt64'),
  /** Lines of access logs that the event log took within the month, of all tenants: a refused line has no trusted tenant. */
  lines_received: count('UInt64'),
  /** Of these, with rows in the tables or no calls of a model. */
  lines_accounted: count('UInt64'),
  /** Ids of earlier statements whose months were computed again for corrections. */
  corrected: { type: 'Array(String)', empty: [] } as Field<readonly string[]>,
} as const satisfies Fields

/** Fields of an issued line, in the order of the CSV. */
export const lineFields = { ...commonFields, ...issuedFields }
/** Fields of a detail. */
export const detailFields = { ...commonFields, ...dailyFields }

/** A field of both lines and details. */
export type CommonField = keyof typeof commonFields
/** A field of details. */
export type DetailField = keyof typeof detailFields
/** A field of details that adds up. */
export type SummedField = { [Name in CommonField]: (typeof commonFields)[Name] extends { isSummed: true } ? Name : never }[CommonField]

/** Names of the fields of a table, in order, of all or of those that `isChosen` keeps. */
export function namesOf<F extends Fields>(fields: F, isChosen: (field: Field<unknown>) => boolean = () => true): (keyof F & string)[] {
  return Object.keys(fields).filter(name => isChosen(fields[name] as Field<unknown>))
}

/** Every field of a table with its empty value. */
export function emptyOf<F extends Fields>(fields: F): ValuesOf<F> {
  return Object.fromEntries(Object.entries(fields).map(([name, { empty }]) => [name, empty])) as ValuesOf<F>
}

/** A value as ClickHouse takes it: decimals as text. */
export function storedCell(value: unknown): unknown {
  return typeof value === 'bigint' ? formatDecimal(value) : value
}

/** The fields of a row of ClickHouse, its decimals parsed; what the table does not name is left out. */
export function readCells<F extends Fields>(fields: F, row: Readonly<Record<string, unknown>>): ValuesOf<F> {
  const cells = Object.entries(fields).map(([name, { type }]) => {
    const value = row[name]
    return [name, type.includes('Decimal') && value !== null ? parseDecimal(String(value)) : value]
  })
  return Object.fromEntries(cells) as ValuesOf<F>
}

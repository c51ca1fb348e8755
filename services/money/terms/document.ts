/** The shape of the billing terms as YAML: which keys there are, what each may hold and its default (docs/terms.md). */
import { IANAZone } from 'luxon'
import { isMap } from 'yaml'
import { DEFAULT_WEIGHTS } from '../pools/work-weights.ts'
import type {
  Budget,
  ChargeMatch,
  Commitment,
  ExchangeRate,
  GpuRate,
  PoolOverhead,
  PoolReservation,
  PoolTerms,
  RateCard,
  RateTerm,
  SharedCost,
  TenantTerms,
  Terms,
} from './terms.ts'
import { decimal, instant, listOf, mapOf, orNull, type Read, record, scalar } from './yaml-reading.ts'

/** Who issues statements unless the terms say so. */
export const DEFAULT_ISSUER = 'Weir'
/** ISO 4217, unless the terms say so. */
export const DEFAULT_CURRENCY = 'USD'
/** IANA zone, unless the terms say so. */
export const DEFAULT_TIME_ZONE = 'UTC'

const MAX_TEXT = 512
const currencies = new Set(Intl.supportedValuesOf('currency'))

const asText = (text: string) => (text !== '' && text.length <= MAX_TEXT ? text : undefined)
const text = scalar(`text of 1 to ${MAX_TEXT} characters`, asText)
const optionalText = scalar(`text of at most ${MAX_TEXT} characters`, (given: string) => (given.length <= MAX_TEXT ? given : undefined), '')
const asCurrency = (given: string) => (currencies.has(given) ? given : undefined)
const currency = scalar('an ISO 4217 currency code, such as EUR', asCurrency)
const optionalCurrency = scalar('an ISO 4217 currency code, such as EUR', asCurrency, '')
const currencyOr = (fallback: string) => scalar('an ISO 4217 currency code, such as EUR', asCurrency, fallback)
const zoneOr = (fallback: string) =>
  scalar('an IANA time zone, such as Europe/Berlin', given => (IANAZone.isValidZone(given) ? given : undefined), fallback)
const choice = <const T extends string>(values: readonly T[], ...fallback: readonly [] | readonly [T]) =>
  scalar<T>(`one of ${values.join(', ')}`, given => values.find(value => value === given), ...fallback)
const wholeNumber = (...fallback: readonly [] | readonly [number]) =>
  scalar(
    'a whole number from 1 to 1000000',
    given => (/^[1-9]\d{0,6}$/.test(given) && Number(given) <= 1e6 ? Number(given) : undefined),
    ...fallback,
  )
const amount = decimal('an amount of zero or more with at most 18 digits after the point')
const part = decimal('a part from 0 to 1, such as 0.15', '1')
const weight: Read<bigint> = decimal('a weight of zero or more, such as 0.1')
const validity = { valid_from_ms: instant(0), valid_to_ms: orNull(instant()) }

/** The names in a file of what the code calls `…_ms`. */
type InFile<T> = Omit<T, 'valid_from_ms' | 'valid_to_ms'> & { valid_from: number; valid_to?: number | null }

/** A dated record: the file says valid_from and valid_to. */
function dated<T extends { valid_from_ms: number }>(fields: { [K in keyof T]: Read<T[K]> }): Read<T> {
  const { valid_from_ms, valid_to_ms, ...others } = fields as Record<string, Read<unknown>>
  const inFile = { ...others, valid_from: valid_from_ms, ...(valid_to_ms && { valid_to: valid_to_ms }) }
  const read = record(inFile as { [K in keyof InFile<T>]: Read<InFile<T>[K]> })
  return (node, at, reading) => {
    const { valid_from, valid_to, ...rest } = read(node, at, reading)
    const value = { ...rest, valid_from_ms: valid_from, ...(valid_to_ms && { valid_to_ms: valid_to ?? null }) } as unknown as T
    if (node) reading.remember(value, node)
    return value
  }
}

const match: Read<ChargeMatch> = (node, at, reading) =>
  node === undefined || node === null
    ? { provider: '', model: '', token_kind: '', service_tier: '' }
    : record<ChargeMatch>({ provider: optionalText, model: optionalText, token_kind: optionalText, service_tier: optionalText })(
        node,
        at,
        reading,
      )

const exchangeRate = dated<ExchangeRate>({
  from: currency,
  to: currency,
  rate: decimal('what one unit of `from` is worth in `to`, such as 0.92'),
  valid_from_ms: instant(),
  source: optionalText,
})

const tenant = (documentCurrency: string, documentZone: string): Read<TenantTerms> => {
  const read = record<TenantTerms>({
    id: text,
    name: optionalText,
    currency: currencyOr(documentCurrency),
    time_zone: zoneOr(documentZone),
    team: optionalText,
    cost_centre: optionalText,
    gl_code: optionalText,
    tags: mapOf(optionalText),
    rate_card: optionalText,
  })
  return (node, at, reading) => {
    const value = read(node, at, reading)
    const named = { ...value, name: value.name || value.id }
    if (node) reading.remember(named, node)
    return named
  }
}

const rateCard = record<RateCard>({
  id: text,
  terms: listOf(
    dated<RateTerm>({
      id: text,
      match,
      discount: orNull(part),
      markup: orNull(decimal('a part of zero or more, such as 0.05')),
      unit_price: orNull(amount),
      currency: optionalCurrency,
      ...validity,
    }),
  ),
  commitments: listOf(dated<Commitment>({ id: text, match, amount, currency, ...validity })),
})

const pool = record<PoolTerms>({
  pool: text,
  owner: optionalText,
  gpu_count: choice(['measured', 'scheduled'], 'measured'),
  gpus_per_engine: wholeNumber(1),
  rates: listOf(
    dated<GpuRate>({
      id: text,
      purchase: choice(['reserved', 'spot', 'on_demand']),
      per_gpu_hour: amount,
      currency,
      gpus: orNull(wholeNumber()),
      ...validity,
    }),
  ),
  overheads: listOf(dated<PoolOverhead>({ id: text, per_hour: amount, currency, ...validity })),
  weights: (node, at, reading) =>
    node === undefined
      ? DEFAULT_WEIGHTS
      : record<PoolTerms['weights']>({ input: weight, cached_input: weight, output: weight })(node, at, reading),
  split_by: choice(['tokens', 'time'], 'tokens'),
  idle: choice(['kept', 'weighted', 'even', 'owner', 'reservations'], 'kept'),
  reservations: listOf(dated<PoolReservation>({ tenant_id: text, gpus: wholeNumber(), ...validity })),
  compare_with: orNull(record<{ provider: string; model: string }>({ provider: text, model: text })),
})

const sharedCost = dated<SharedCost>({
  id: text,
  description: optionalText,
  amount,
  currency,
  rule: choice(['proportional', 'fixed', 'even']),
  tenants: listOf(text),
  shares: mapOf(part),
  ...validity,
})

const budget = dated<Budget>({
  id: text,
  scope: (node, at, reading) =>
    node === undefined
      ? { tenant_id: '', team: '', route: '', model: '' }
      : record<Budget['scope']>({ tenant_id: optionalText, team: optionalText, route: optionalText, model: optionalText })(
          node,
          at,
          reading,
        ),
  amount,
  currency,
  period: choice(['week', 'month', 'quarter', 'year']),
  ...validity,
})

/** Reads the document. Tenants that name no currency or zone have the document's. */
export const termsDocument: Read<Omit<Terms, 'version'>> = (node, at, reading) => {
  const said = (key: string, fallback: string) => (isMap(node) && node.has(key) ? String(node.get(key)) : fallback)
  const [ownCurrency, ownZone] = [said('currency', DEFAULT_CURRENCY), said('time_zone', DEFAULT_TIME_ZONE)]
  return record<Omit<Terms, 'version'>>({
    issuer: scalar(`text of 1 to ${MAX_TEXT} characters`, asText, DEFAULT_ISSUER),
    currency: currencyOr(DEFAULT_CURRENCY),
    time_zone: zoneOr(DEFAULT_TIME_ZONE),
    exchange_rates: listOf(exchangeRate),
    tenants: listOf(tenant(ownCurrency, ownZone)),
    rate_cards: listOf(rateCard),
    pools: listOf(pool),
    shared_costs: listOf(sharedCost),
    budgets: listOf(budget),
  })(node, at, reading)
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DateTime } from 'luxon'
import { allocationPeriods, commonCuts, type Span } from '../../../services/money/pools/periods.ts'
import { always, decimal, HOUR_MS, HOUR_START_MS, MINUTE_MS, poolTerms, tenantIn } from './pool-periods.ts'

const noTerms = { tenants: [], time_zone: 'UTC', exchange_rates: [] }
const shown = (spans: readonly Span[]) => spans.map(({ start_ms, end_ms }) => `${iso(start_ms)}–${iso(end_ms)}`)
const iso = (ms: number) => new Date(ms).toISOString().slice(5, 16)

test('a span is cut at whole UTC hours, and a period that it only touches is whole', () => {
  const span = { start_ms: HOUR_START_MS + MINUTE_MS, end_ms: HOUR_START_MS + 2 * HOUR_MS + MINUTE_MS }
  const periods = allocationPeriods(span, poolTerms(), commonCuts(span, noTerms))
  assert.deepEqual(shown(periods), ['11-24T03:00–11-24T04:00', '11-24T04:00–11-24T05:00', '11-24T05:00–11-24T06:00'])
  const empty = { start_ms: HOUR_START_MS, end_ms: HOUR_START_MS }
  assert.deepEqual(allocationPeriods(empty, poolTerms(), []), [])
})

test('hours are cut where the billing month of a listed tenant begins, in zones of half and quarter hours too', () => {
  const tenants = [tenantIn('a', 'Asia/Kolkata'), tenantIn('b', 'Asia/Kathmandu'), tenantIn('c', 'Pacific/Kiritimati')]
  const span = { start_ms: Date.UTC(2026, 10, 30, 10), end_ms: Date.UTC(2026, 11, 1) }
  const cuts = commonCuts(span, { ...noTerms, tenants: [...tenants, tenantIn('d', 'Pacific/Pago_Pago')] })
  // December begins at +14 (10:00), +5:45 (18:15), +5:30 (18:30) and +0; −11 is at 11:00 the next day, outside.
  const expected = [10, 18.25, 18.5, 24].map(hour => Date.UTC(2026, 10, 30) + hour * HOUR_MS)
  assert.deepEqual(cuts, expected)
  const periods = allocationPeriods(span, poolTerms(), cuts)
  assert.deepEqual(shown(periods).slice(7, 12), [
    '11-30T17:00–11-30T18:00',
    '11-30T18:00–11-30T18:15',
    '11-30T18:15–11-30T18:30',
    '11-30T18:30–11-30T19:00',
    '11-30T19:00–11-30T20:00',
  ])
})

test('hours are cut where a rate, an overhead, a reservation or an exchange rate begins or ends', () => {
  const at = (minute: number) => HOUR_START_MS + minute * MINUTE_MS
  const pool = poolTerms({
    rates: [
      { valid_from_ms: 0, valid_to_ms: at(10), id: 'a', purchase: 'spot', per_gpu_hour: 1n, currency: 'USD', gpus: 1 },
      { valid_from_ms: at(10), valid_to_ms: null, id: 'b', purchase: 'spot', per_gpu_hour: 1n, currency: 'USD', gpus: 1 },
    ],
    overheads: [{ valid_from_ms: at(20), valid_to_ms: at(30), id: 'c', per_hour: 1n, currency: 'USD' }],
    reservations: [{ ...always, valid_from_ms: at(37), tenant_id: 'a', gpus: 1 }],
  })
  const exchange_rates = [{ from: 'EUR', to: 'USD', rate: decimal('1.1'), valid_from_ms: at(45), source: '' }]
  const span = { start_ms: at(0), end_ms: at(60) }
  const ends = allocationPeriods(span, pool, commonCuts(span, { ...noTerms, exchange_rates })).map(({ end_ms }) => end_ms)
  assert.deepEqual(ends, [10, 20, 30, 37, 45, 60].map(at))
})

test('the periods of a year close without gap or overlap, and every month of every zone is a whole number of them', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Chatham',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'Africa/Cairo',
  ]
  const span = { start_ms: Date.UTC(2027, 11, 30), end_ms: Date.UTC(2029, 0, 2) }
  const cuts = commonCuts(span, { ...noTerms, tenants: zones.map(zone => tenantIn(zone, zone)) })
  const periods = allocationPeriods(span, poolTerms(), cuts)
  assert.equal(periods[0]?.start_ms, span.start_ms)
  assert.equal(periods.at(-1)?.end_ms, span.end_ms)
  for (const [index, period] of periods.slice(1).entries()) assert.equal(period.start_ms, periods[index]?.end_ms)
  const ends = new Set(periods.map(({ end_ms }) => end_ms))
  for (const zone of zones) {
    for (let month = 1; month <= 12; month++) assert.ok(ends.has(DateTime.fromObject({ year: 2028, month, day: 1 }, { zone }).toMillis()))
  }
})

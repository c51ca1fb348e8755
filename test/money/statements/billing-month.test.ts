import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { billingMonthAt, buildBillingMonth, shiftMonth } from '../../../services/money/statements/billing-month.ts'

const HOUR_MS = 3_600_000
const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z')
const hours = (month: string, zone: string) =>
  Object.fromEntries(buildBillingMonth(month, zone).days.map(day => [day.date, (day.end_ms - day.start_ms) / HOUR_MS]))

test('months begin and end at the known instants of their zones', () => {
  // From the zones' published rules, not from a library.
  const known = [
    ['2026-03', 'UTC', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z'],
    ['2026-03', 'Europe/Berlin', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z'],
    ['2026-11', 'America/New_York', '2026-11-01T04:00:00Z', '2026-12-01T05:00:00Z'],
    ['2026-07', 'Pacific/Kiritimati', '2026-06-30T10:00:00Z', '2026-07-31T10:00:00Z'],
    ['2026-07', 'Pacific/Pago_Pago', '2026-07-01T11:00:00Z', '2026-08-01T11:00:00Z'],
    ['2026-07', 'Asia/Kolkata', '2026-06-30T18:30:00Z', '2026-07-31T18:30:00Z'],
    ['2026-07', 'Asia/Kathmandu', '2026-06-30T18:15:00Z', '2026-07-31T18:15:00Z'],
    ['2026-10', 'Australia/Lord_Howe', '2026-09-30T13:30:00Z', '2026-10-31T13:00:00Z'],
    ['2011-12', 'Pacific/Apia', '2011-12-01T10:00:00Z', '2011-12-31T10:00:00Z'],
  ] as const
  for (const [month, zone, start, end] of known) {
    const built = buildBillingMonth(month, zone)
    assert.deepEqual([iso(built.start_ms), iso(built.end_ms)], [start, end], `${month} ${zone}`)
  }
})

test('a day has 23 or 25 hours where clocks change, 23.5 or 24.5 on Lord Howe', () => {
  assert.equal(hours('2026-03', 'Europe/Berlin')['2026-03-29'], 23)
  assert.equal(hours('2026-10', 'Europe/Berlin')['2026-10-25'], 25)
  assert.equal(hours('2026-10', 'Europe/Berlin')['2026-10-24'], 24)
  assert.equal(hours('2026-10', 'Australia/Lord_Howe')['2026-10-04'], 23.5)
  assert.equal(hours('2026-04', 'Australia/Lord_Howe')['2026-04-05'], 24.5)
})

test('a midnight that does not exist or exists twice begins one day only', () => {
  // São Paulo went from 00:00 to 01:00 on 2018-11-04: the day began at 03:00 UTC with 23 hours.
  const spring = buildBillingMonth('2018-11', 'America/Sao_Paulo').days.find(day => day.date === '2018-11-04')
  assert.deepEqual([iso(spring?.start_ms ?? 0), iso(spring?.end_ms ?? 0)], ['2018-11-04T03:00:00Z', '2018-11-05T02:00:00Z'])
  // Havana went from 01:00 back to 00:00 on 2026-11-01: the day began at 04:00 UTC with 25 hours.
  const autumn = buildBillingMonth('2026-11', 'America/Havana').days[0]
  assert.deepEqual([iso(autumn?.start_ms ?? 0), iso(autumn?.end_ms ?? 0)], ['2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'])
})

test('February 29 is a day of leap years; a date that Samoa skipped is none', () => {
  assert.equal(buildBillingMonth('2028-02', 'Asia/Tokyo').days.length, 29)
  assert.equal(buildBillingMonth('2026-02', 'Asia/Tokyo').days.length, 28)
  const dates = buildBillingMonth('2011-12', 'Pacific/Apia').days.map(day => day.date)
  assert.equal(dates.length, 30)
  assert.ok(!dates.includes('2011-12-30'))
})

test('the days of a month sum to it, and each shows its own date on the calendar of the zone', () => {
  const zones = Intl.supportedValuesOf('timeZone')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 12 * 40 }), fc.constantFrom(...zones), (offset, zone) => {
      const built = buildBillingMonth(shiftMonth('2000-01', offset), zone)
      const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' })
      assert.equal(
        built.days.reduce((sum, day) => sum + day.end_ms - day.start_ms, 0),
        built.end_ms - built.start_ms,
      )
      for (const [index, day] of built.days.entries()) {
        assert.equal(day.start_ms, index === 0 ? built.start_ms : built.days[index - 1]?.end_ms)
        assert.equal(clock.format(day.start_ms), day.date)
        assert.ok(clock.format(day.start_ms - 1) < day.date)
      }
      assert.equal(billingMonthAt(built.start_ms, zone), built.month)
      assert.equal(billingMonthAt(built.end_ms - 1, zone), built.month)
      assert.equal(billingMonthAt(built.end_ms, zone), shiftMonth(built.month, 1))
      assert.equal(buildBillingMonth(shiftMonth(built.month, 1), zone).start_ms, built.end_ms)
    }),
    { numRuns: 300 },
  )
})

test('what is no month and no zone is refused with what to write instead', () => {
  for (const month of ['2026-13', '2026-1', '26-01', '1999-12', '2026-01-01', '', 'NaN']) {
    assert.throws(() => buildBillingMonth(month, 'UTC'), { code: 'STATEMENT_INVALID', message: /YYYY-MM/ })
  }
  assert.throws(() => buildBillingMonth('2026-01', 'Mars/Olympus'), { code: 'STATEMENT_INVALID', message: /"Mars\/Olympus".*IANA/ })
})

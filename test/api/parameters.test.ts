import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { cursorText, parseCursor } from '../../services/api/http/cursor.ts'
import { lastHour, parseStep, parseTime, stepText, timeText } from '../../services/api/http/period.ts'
import { insertRows, openTestApi, publish, usageRow } from './fixture.ts'

const api = await openTestApi({ after })

test('times are ISO 8601 with a zone', () => {
  const at = Date.UTC(2026, 0, 31, 9, 0, 0)
  for (const text of [
    '2026-01-31T09:00:00Z',
    '2026-01-31T09:00Z',
    '2026-01-31t09:00:00.000z',
    '2026-01-31T10:00:00+01:00',
    '2026-01-31T10:00:00 01:00',
    '2026-01-31T03:30:00-0530',
  ]) {
    assert.equal(parseTime(text), at, text)
  }
  for (const text of [
    '',
    'now',
    '2026-01-31',
    '2026-01-31T09:00:00',
    '2026-01-31 09:00:00Z',
    '1769850000',
    '2026-02-30T00:00:00Z',
    '2026-01-31T25:00:00Z',
    '9999-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '+2026-01-31T09:00:00Z',
    '2026-01-31T09:00:00Z\n',
    '2026-01-31T09:00:00+99:00',
    '٢٠٢٦-01-31T09:00:00Z',
  ]) {
    assert.equal(parseTime(text), undefined, text)
  }
})

test('every whole second comes back from its text, in any zone', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(1971, 0, 2) / 1000, max: Date.UTC(2099, 11, 30) / 1000 }),
      fc.integer({ min: -12 * 60, max: 14 * 60 }),
      (second, offset) => {
        assert.equal(parseTime(timeText(second * 1000)), second * 1000)
        const local = new Date(second * 1000 + offset * 60_000).toISOString().slice(0, 19)
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map(part => String(part).padStart(2, '0'))
        const zone = `${offset < 0 ? '-' : '+'}${hours}:${minutes}`
        assert.equal(parseTime(local + zone), second * 1000)
      },
    ),
  )
})

test('steps are whole minutes, in short form or ISO 8601', () => {
  const minutes = (text: string) => (parseStep(text) ?? Number.NaN) / 60_000
  for (const [text, expected] of [
    ['1m', 1],
    ['PT1M', 1],
    ['90m', 90],
    ['PT1H30M', 90],
    ['1h', 60],
    ['PT60S', 1],
    ['1d', 1440],
    ['P1D', 1440],
    ['PT24H', 1440],
    ['1w', 10_080],
    ['P1W', 10_080],
  ] as const) {
    assert.equal(minutes(text), expected, text)
  }
  for (const text of [
    '',
    '0m',
    '1',
    'm',
    '30s',
    'PT30S',
    'PT0M',
    'PT1.0001M',
    '-1m',
    'P-1D',
    'P1M',
    'P1Y',
    'P1Y1D',
    '1M',
    '1 h',
    'P',
    'PT',
    '999999w',
    '9007199254740993m',
    'P401D',
  ]) {
    assert.equal(parseStep(text), undefined, text)
  }
  assert.deepEqual([60_000, 3_600_000, 5_400_000, 86_400_000, 604_800_000].map(stepText), ['PT1M', 'PT1H', 'PT90M', 'P1D', 'P7D'])
})

test('the last hour has sixty windows, the running minute among them', () => {
  const at = (text: string) => Date.parse(text)
  assert.deepEqual(
    lastHour(() => at('2026-01-31T09:59:59.999Z')),
    { fromMs: at('2026-01-31T09:00:00Z'), toMs: at('2026-01-31T10:00:00Z') },
  )
  assert.deepEqual(
    lastHour(() => at('2026-01-31T10:00:00Z')),
    { fromMs: at('2026-01-31T09:01:00Z'), toMs: at('2026-01-31T10:01:00Z') },
  )
})

test('a cursor comes back as it was, and no other text is one', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 8 }), after => {
      const cursor = { query: '0123456789abcdef', from: 1_769_850_000_000, to: 1_769_853_600_000, after }
      assert.deepEqual(parseCursor(cursorText(cursor)), cursor)
    }),
  )
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => assert.equal(parseCursor(text), undefined)))
  for (const value of [
    null,
    [],
    {},
    { query: 'x', from: 1, to: 2, after: [] },
    { query: '0123456789abcdef', from: 1.5, to: 2, after: [] },
  ]) {
    assert.equal(parseCursor(Buffer.from(JSON.stringify(value)).toString('base64url')), undefined)
  }
})

// Parameter string → what the problem must say.
const faulty: readonly (readonly [string, RegExp])[] = [
  ['from=yesterday', /^from is "yesterday", expected an ISO 8601 time with zone .* such as 2026-01-31T09:00:00Z, or .*$/],
  ['to=2026-01-31T09:00:00', /^to is "2026-01-31T09:00:00", expected an ISO 8601 time with zone/],
  ['from=2026-01-31T09:00:00Z&from=2026-01-31T09:00:00Z', /^from is \[.*\], expected one value$/],
  ['from=2026-01-31T10:00:00Z&to=2026-01-31T09:00:00Z', /^from is not before to/],
  ['from=2026-01-31T10:00:00Z&to=2026-01-31T10:00:00Z', /^from is not before to/],
  ['from=2020-01-01T00:00:00Z', /more than 400 days apart: narrow the range/],
  ['from=2025-02-01T00:00:00Z&to=2026-01-31T00:00:00Z&step=1m', /more than 50000 parts: narrow the range or raise step/],
  ['step=1M', /^step is "1M", expected a duration of whole minutes, such as 1m/],
  ['group_by=tenant', /^group_by is "tenant", expected a comma-separated list of tenant_id, route, .*, or none$/],
  ['group_by=', /^group_by is ""/],
  ['group_by=tenant_id,', /^group_by is "tenant_id,"/],
  ['group_by=none,route', /^group_by is/],
  ['limit=0', /^limit is "0", expected an integer from 1 to 10000$/],
  ['limit=1.5', /^limit is/],
  ['limit=10001', /^limit is/],
  ['format=csv', /^format is "csv", expected json$/],
  ['cursor=abc', /^cursor is "abc", expected the next_cursor of the page before$/],
  ['tennant_id=acme', /^"tennant_id" is no parameter of \/v1\/usage, expected from, to, limit, .*tenant_id/],
  ['from=a&to=b&limit=c', /^limit is "c".*; from is "a".*; to is "b"/],
]
for (const [query, message] of faulty) {
  test(`?${query} is answered 400 with what was expected`, async () => {
    const { status, body, headers } = await api.get(`/v1/usage?${query}`, 'fake-operator')
    assert.deepEqual([status, body.status, body.code, body.instance], [400, 400, 'API_REQUEST_INVALID', '/v1/usage'])
    assert.match(String(headers['content-type']), /^application\/problem\+json/)
    assert.match(body.detail, message)
  })
}

test('a cursor is refused with other parameters than those of its page', async () => {
  const cursor = cursorText({ query: '0123456789abcdef', from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2), after: [] })
  const { status, body } = await api.get(`/v1/usage?cursor=${cursor}`, 'fake-operator')
  assert.equal(status, 400)
  assert.match(body.detail, /^cursor belongs to another question/)
})

test('limit may differ between pages, and a page keeps the range of the first', async () => {
  await publish(api.clickhouse, '09:00', 1)
  await insertRows(
    api.clickhouse,
    'usage_per_minute',
    ['a', 'b', 'c'].map(tenant => usageRow('09:00', tenant)),
  )
  const first = await api.get('/v1/usage?group_by=tenant_id&limit=1', 'fake-operator')
  const rest = await api.get(`/v1/usage?group_by=tenant_id&limit=2&cursor=${first.body.next_cursor}`, 'fake-operator')
  // As many keys as the page before, so that only the question tells them apart.
  for (const other of ['group_by=route', 'group_by=tenant_id&route=chat']) {
    const refused = await api.get(`/v1/usage?${other}&cursor=${first.body.next_cursor}`, 'fake-operator')
    assert.equal(refused.status, 400, other)
    assert.match(refused.body.detail, /^cursor belongs to another question/)
  }
  assert.deepEqual(
    [...first.body.rows, ...rest.body.rows].map((row: { tenant_id: string }) => row.tenant_id),
    ['a', 'b', 'c'],
  )
  assert.deepEqual([rest.body.from, rest.body.to, rest.body.next_cursor], [first.body.from, first.body.to, null])
  const other = await api.get(`/v1/usage?group_by=tenant_id&from=2026-01-31T08:00:00Z&cursor=${first.body.next_cursor}`, 'fake-operator')
  assert.equal(other.status, 400)
})

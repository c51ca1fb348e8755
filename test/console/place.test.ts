import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hrefOf, linkTo, type Place, placeOf, queryOf, rangeMs } from '../../services/console/state/place.ts'

const NOW_MS = Date.parse('2026-11-28T13:33:10Z')
const at = (href: string) => placeOf(new URL(href, 'http://here'))

test('an address says all of a place, and a place gives that address again', () => {
  const text = fc.string({ minLength: 1, maxLength: 12 })
  const places = fc.record({
    page: fc.constantFrom('overview', 'tenants', 'requests'),
    item: fc.oneof(
      fc.constant(''),
      text.filter(one => one !== '.' && one !== '..'),
    ),
    from: fc.constantFrom('now-1h', 'now-30d', '2026-11-28T10:00:00Z'),
    to: fc.constantFrom('now', '2026-11-28T11:00:00Z'),
    zone: fc.constantFrom('utc' as const, 'local' as const),
    filters: fc.record(
      { tenant_id: fc.array(text, { minLength: 1, maxLength: 3 }), pool: fc.array(text, { minLength: 1, maxLength: 2 }) },
      { requiredKeys: [], noNullPrototype: true },
    ),
    own: fc.constantFrom({}, { outcome: 'error' }),
  })
  fc.assert(
    fc.property(places, place => {
      // The overview has no item in its path.
      const given = (place.page === 'overview' ? { ...place, item: '' } : place) as Place
      assert.deepEqual(at(hrefOf(given)), { ...given })
    }),
    { numRuns: 300 },
  )
})

test('nonsense in an address counts as not given', () => {
  assert.deepEqual(
    [at('/console?from=yesterday&to=%00&zone=mars').from, at('/console?to=x').to, at('/console?zone=mars').zone],
    ['now-1h', 'now', 'utc'],
  )
  assert.equal(at('/console/tenants/%zz').item, '%zz')
})

test('a link keeps range and filters, and takes those that it is given', () => {
  const place = at('/console/tenants?from=now-6h&tenant_id=R%26D+%28EU%29+%C3%BC&pool=a')
  assert.equal(linkTo(place, 'pools', { filters: { pool: ['b'] } }), '/console/pools?from=now-6h&tenant_id=R%26D+%28EU%29+%C3%BC&pool=b')
})

test('a range is of whole minutes, with the one that runs, and never empty', () => {
  assert.deepEqual(rangeMs(at('/console'), NOW_MS), {
    fromMs: Date.parse('2026-11-28T12:33:00Z'),
    toMs: Date.parse('2026-11-28T13:34:00Z'),
  })
  const backwards = at('/console?from=2026-11-28T12:00:00Z&to=2026-11-28T11:00:00Z')
  assert.ok(rangeMs(backwards, NOW_MS).fromMs < rangeMs(backwards, NOW_MS).toMs)
  assert.equal(
    String(queryOf(at('/console?pool=a&tenant_id=b'), NOW_MS, ['pool'])),
    'from=2026-11-28T12%3A33%3A00Z&to=2026-11-28T13%3A34%3A00Z&pool=a',
  )
})

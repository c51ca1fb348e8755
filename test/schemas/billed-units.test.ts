import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { billedUnitNames, billedUnitsText, priceModifiersText, readBilledUnits } from '../../schemas/billed-units.ts'
import { attemptOf } from './dialects/reading.ts'

test('quantities become one text, sorted, exact to the millionth, without what is zero or not told', () => {
  const cases: [Record<string, unknown>, string | undefined][] = [
    [{}, ''],
    [{ web_search: 3, output_image: 2 }, 'output_image=2 web_search=3'],
    [{ output_image: 0, web_search: null, page: undefined }, ''],
    [{ input_audio_second: 12.3456789 }, 'input_audio_second=12.345679'],
    // Half to even at the seventh digit, from text as from a number.
    [{ input_audio_second: '0.0000005' }, ''],
    [{ input_audio_second: '0.0000015' }, 'input_audio_second=0.000002'],
    [{ input_audio_second: '0.00000050000001' }, 'input_audio_second=0.000001'],
    [{ session_hour: '1e-6' }, 'session_hour=0.000001'],
    [{ output_pixel: 1e9 }, 'output_pixel=1000000000'],
    [{ output_pixel: 1_000_000_001 }, undefined],
    [{ output_image: 1.5 }, undefined],
    [{ output_image: -1 }, undefined],
    [{ output_image: 'two' }, undefined],
    [{ request: 1 }, undefined],
    [{ cups_of_tea: 1 }, undefined],
    [{ constructor: 1 }, undefined],
  ]
  for (const [given, expected] of cases) assert.equal(billedUnitsText(given), expected, JSON.stringify(given))
})

test('what is written is read back, whatever the order it was told in', () => {
  const quantities = fc.dictionary(fc.constantFrom(...billedUnitNames.filter(name => name !== 'request')), fc.integer({ min: 1, max: 1e9 }))
  fc.assert(
    fc.property(quantities, told => {
      const text = billedUnitsText(told)
      const expected = Object.entries(told).map(([name, quantity]) => [name, String(quantity)])
      assert.deepEqual(
        [...readBilledUnits(text ?? assert.fail())],
        expected.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
      )
    }),
  )
})

test('modifiers are told once each, sorted', () => {
  assert.equal(priceModifiersText(['inference_geo_us', 'fast_mode', 'inference_geo_us']), 'fast_mode inference_geo_us')
  assert.equal(priceModifiersText([]), '')
})

test("Weir's own lines tell units as an object or a text, and what is no unit is refused by name", () => {
  const line = { tenant_id: 'acme', request_id: 'r1', started_at: 1_790_000_000_000, output_tokens: 1, input_tokens: 1 }
  const units = (billed_units: unknown, price_modifiers?: unknown) =>
    attemptOf({ ...line, billed_units, ...(price_modifiers === undefined ? {} : { price_modifiers }) })
  const object = units({ output_image: 2, web_search: '3' }, ['fast_mode'])
  assert.deepEqual([object?.billed_units, object?.price_modifiers], ['output_image=2 web_search=3', 'fast_mode'])
  assert.equal(units('web_search=3 output_image=2').billed_units, 'output_image=2 web_search=3')
  for (const wrong of [{ output_image: 0.5 }, 'tea=1', 'output_image', 'page=1 page=2', ['output_image'], 7])
    assert.throws(() => units(wrong), /billed_units is .*expected an object or text of unit=quantity/)
  assert.throws(() => units({}, 'FAST!'), /price_modifiers is/)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { coloursOf } from '../../services/console/charts/colours.ts'
import { chainGraph, flowGraph, flowLayout } from '../../services/console/charts/flow-layout.ts'
import { stacked, stepSeconds, timeSeriesOf } from '../../services/console/charts/series.ts'

const columns = { time: 'time', series: 'series', values: [{ name: 'value', title: 'Value' }] }
const row = (minute: number, series: string, value: number | null) => ({ time: `2026-11-28T13:0${minute}:00Z`, series, value })

test('a step without a row is a gap and no zero', () => {
  const { times, values } = timeSeriesOf([row(0, 'a', 1), row(3, 'a', 4), row(1, 'a', null)], columns, { isAdded: false, stepS: 60 })
  assert.deepEqual([times.length, values], [4, [[1, null, null, 4]]])
})

test('names beyond those that fit are summed as other, so that nothing of the whole is lost', () => {
  const cells = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(...'abcdefghij'), fc.integer({ min: 1, max: 99 })), {
    minLength: 1,
  })
  fc.assert(
    fc.property(cells, given => {
      const { values, names } = timeSeriesOf(
        given.map(([minute, series, value]) => row(minute, series, value)),
        columns,
        { isAdded: true },
      )
      const shown = values.flat().reduce<number>((sum, value) => sum + (value ?? 0), 0)
      assert.equal(
        shown,
        given.reduce((sum, [, , value]) => sum + value, 0),
      )
      assert.ok(names.length <= 6)
      assert.equal(Math.max(...(stacked(values).at(-1) ?? []).map(value => value ?? 0)) <= shown, true)
    }),
    { numRuns: 200 },
  )
})

test('a name has the same colour in every chart in which no other claims it', () => {
  assert.equal(coloursOf(['acme'], false).get('acme'), coloursOf(['acme', 'other (3)'], false).get('acme'))
  const six = coloursOf(['a', 'b', 'c', 'd', 'e', 'f'], true)
  assert.equal(new Set(six.values()).size, 6)
})

test('steps of the API are read', () => {
  assert.deepEqual(
    ['PT1M', 'PT5M', 'PT6H', 'P1D', 30, null, 'P1M'].map(step => stepSeconds(step)),
    [60, 300, 21_600, 86_400, 30, undefined, undefined],
  )
})

test('what flows in a circle is laid out all the same, and bands add up', () => {
  const there = { path: ['a', 'b'], amount: 3 }
  const back = { path: ['b', 'a'], amount: 2 }
  assert.equal(chainGraph([there, back]), undefined)
  const { links } = flowLayout([there, back], { width: 400, height: 200 })
  assert.equal(
    links.reduce((sum, { value }) => sum + value, 0),
    5,
  )
  const chain = chainGraph([
    { path: ['route x', 'openai'], amount: 5 },
    { path: ['openai', 'answered'], amount: 4 },
  ])
  assert.deepEqual(
    chain?.nodes.map(({ name, depth }) => [name, depth]),
    [
      ['route x', 0],
      ['openai', 1],
      ['answered', 2],
    ],
  )
  assert.deepEqual(flowGraph([{ path: ['a', 'b', 'c'], amount: 1 }]).links.length, 2)
  assert.deepEqual(flowLayout([], { width: 400, height: 200 }), { nodes: [], links: [] })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { discoveries } from '../../../services/answers/statistics/benjamini-hochberg.ts'
import { buildBaseline, type HourPoint, surpriseOf, usualAt } from '../../../services/answers/statistics/seasonal-baseline.ts'
import { RandomStream } from '../../../services/demo/simulation/random.ts'
import { DAY, HOUR } from '../../../services/platform/clock.ts'

/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 8, 7)
const WEEK = 7 * DAY

/** A week's shape: busy weekdays from 8 to 18, quiet nights, quieter weekends. */
function usual(atMs: number): number {
  const hour = (atMs % DAY) / HOUR
  const isWeekend = ((atMs - MONDAY + 100 * WEEK) % WEEK) / DAY >= 5
  return (hour >= 8 && hour < 18 ? 100 : 10) * (isWeekend ? 0.3 : 1)
}

/** Hours of `weeks` before MONDAY plus those after it, each what is usual times e^(sigma·normal). */
function series(weeks: number, { seed = 1, sigma = 0.3, hoursAfter = 0, growth = 1 } = {}): HourPoint[] {
  const random = new RandomStream(seed, 'series')
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit())
  return Array.from({ length: weeks * 168 + hoursAfter }, (_, index) => {
    const startMs = MONDAY - weeks * WEEK + index * HOUR
    const grown = growth ** Math.floor(index / 168)
    return { startMs, value: usual(startMs) * grown * Math.exp(sigma * normal()) }
  })
}

test('what is usual at an hour is found at the hour of the week, with its spread', () => {
  const baseline = buildBaseline(series(8), MONDAY)
  assert.ok(baseline)
  assert.deepEqual([baseline.shape, baseline.weeks, baseline.hours], ['hour of week', 8, 8 * 168])
  for (const [atMs, about] of [
    [MONDAY + 9 * HOUR, 100],
    [MONDAY + 3 * HOUR, 10],
    [MONDAY + 5 * DAY + 9 * HOUR, 30],
  ] as const) {
    const { expected, low, high, alarm } = usualAt(baseline, atMs)
    assert.ok(Math.abs(expected / about - 1) < 0.35, `${expected} is not about ${about}`)
    assert.ok(low < expected && expected < high && high < alarm)
  }
  assert.ok(baseline.scale > 0.2 && baseline.scale < 0.4, String(baseline.scale))
  assert.ok(surpriseOf(baseline, { startMs: MONDAY + 9 * HOUR, value: 400 }) > baseline.threshold)
  assert.ok(surpriseOf(baseline, { startMs: MONDAY + 9 * HOUR, value: 100 }) < 2)
})

test('normal hours exceed 3.5 scales in less than one of 200, with four weeks of past as with eight', () => {
  for (const weeks of [4, 8]) {
    let exceeded = 0
    let hours = 0
    for (let seed = 1; seed <= 30; seed++) {
      const points = series(weeks, { seed, hoursAfter: 168 })
      const baseline = buildBaseline(points, MONDAY)
      assert.ok(baseline)
      const after = points.filter(({ startMs }) => startMs >= MONDAY)
      hours += after.length
      exceeded += after.filter(point => surpriseOf(baseline, point) > 3.5).length
    }
    assert.ok(exceeded / hours < 0.005, `${exceeded} of ${hours} with ${weeks} weeks`)
  }
})

test('growth from week to week is no surprise', () => {
  const baseline = buildBaseline(series(6, { growth: 1.3, sigma: 0.05 }), MONDAY)
  assert.ok(baseline)
  const { expected } = usualAt(baseline, MONDAY + 9 * HOUR)
  assert.ok(Math.abs(expected / (100 * 1.3 ** 5) - 1) < 0.15, String(expected))
})

test('with less past the shape is coarser, and with less than ten days or too many gaps there is none', () => {
  const shapeOf = (points: readonly HourPoint[]) => buildBaseline(points, MONDAY)?.shape
  const all = series(8)
  const last = (days: number) => all.filter(({ startMs }) => startMs >= MONDAY - days * DAY)
  assert.deepEqual(
    [28, 20, 14, 11, 9].map(days => shapeOf(last(days))),
    ['hour of week', 'weekday or weekend hour', 'weekday or weekend hour', 'hour of day', undefined],
  )
  assert.equal(shapeOf(all.filter((_, index) => index % 2 === 0)), undefined)
  assert.equal(shapeOf([]), undefined)
  assert.equal(shapeOf(all.map(point => ({ ...point, value: 0 }))), undefined)
})

test('a past incident does not become usual', () => {
  const incident = series(6, { sigma: 0.1 }).map(point =>
    point.startMs >= MONDAY - 9 * DAY && point.startMs < MONDAY - 9 * DAY + 5 * HOUR ? { ...point, value: point.value * 50 } : point,
  )
  const baseline = buildBaseline(incident, MONDAY)
  assert.ok(baseline)
  assert.ok(surpriseOf(baseline, { startMs: MONDAY + 5 * DAY, value: usual(MONDAY + 5 * DAY) * 5 }) > baseline.threshold)
})

test('a series that bursts on every fourth hour by chance is not surprised by a burst', () => {
  const random = new RandomStream(3, 'bursts')
  const points = Array.from({ length: 6 * 168 }, (_, index) => ({
    startMs: MONDAY - 6 * WEEK + index * HOUR,
    value: random.unit() < 0.25 ? 50 + 50 * random.unit() : 0,
  }))
  const baseline = buildBaseline(points, MONDAY)
  assert.ok(baseline)
  const surprises = points.slice(-168).filter(point => surpriseOf(baseline, point) > baseline.threshold)
  assert.ok(surprises.length <= 2, `${surprises.length} in a week`)
})

test('whatever the values, every figure is a number and the order of the points changes nothing', () => {
  const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true })), { minLength: 240, maxLength: 700 })
  fc.assert(
    fc.property(values, found => {
      const points = found.map((value, index) => ({ startMs: MONDAY - (index + 1) * HOUR, value }))
      const baseline = buildBaseline(points, MONDAY)
      assert.deepEqual(buildBaseline([...points].reverse(), MONDAY), baseline)
      if (baseline === undefined) return
      const { slots, level, scale, threshold, dispersion, lag1 } = baseline
      const usually = Object.values(usualAt(baseline, MONDAY))
      for (const figure of [...slots, ...usually, level, scale, threshold, dispersion, lag1]) assert.ok(Number.isFinite(figure))
    }),
    { numRuns: 40 },
  )
})

test("the step-up procedure finds what Benjamini and Hochberg's own example finds: the four least of fifteen at 5 %", () => {
  const published = [...[0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1]]
  assert.deepEqual(discoveries(published, 0.05).filter(Boolean).length, 4)
  assert.deepEqual(discoveries([], 0.05), [])
  assert.deepEqual(discoveries([0.9, 0.001], 0.05), [false, true])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareArms, MEASURES, type SplitMinute } from '../../../services/answers/rollouts/compare-arms.ts'
import { drawsOf } from '../../bench/answers/families/small-platform.ts'

const START_MS = Date.UTC(2026, 10, 24, 3)

/** What a made-up minute is drawn from: requests of each side, logarithms (base e) of ms with their spread, and shares that fail. */
interface World {
  readonly stable: { readonly n: number; readonly mean: number; readonly failing: number }
  readonly canary: { readonly n: number; readonly mean: number; readonly failing: number }
}

/** Minutes of two sides, summed as the query sums them, of one tenant: first token alone is measured, and failures. */
function minutesOf(seed: number, minutes: number, { stable, canary }: World): SplitMinute[] {
  const draw = drawsOf(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())
  return Array.from({ length: minutes }, (_, index) => {
    // What a minute does to both sides alike must not count.
    const shared = 0.3 * normal()
    const drawn = [canary, stable].map(({ n, mean, failing }) => ({
      n,
      logs: Array.from({ length: n }, () => 1000 * (mean + shared + 0.8 * normal())),
      failed: Array.from({ length: n }, () => draw()).filter(value => value < failing).length,
    }))
    return minuteOf(START_MS + index * 60_000, drawn as unknown as [Side, Side])
  })
}

interface Side {
  readonly n: number
  readonly logs: readonly number[]
  readonly failed: number
}

function minuteOf(at_ms: number, [own, other]: readonly [Side, Side]): SplitMinute {
  const weight = (own.n * other.n) / (own.n + other.n)
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const within = (side: Side) => sum(side.logs.map(value => (value - sum(side.logs) / side.n) ** 2))
  const rest = (value: number) => [value, 0, 0, 0, 0]
  return {
    at_ms,
    split_index: 0,
    arm: 'next',
    weight: [weight, ...rest(weight)],
    moved: [weight * (own.failed / own.n - other.failed / other.n), ...rest(weight * (sum(own.logs) / own.n - sum(other.logs) / other.n))],
    own_within: [0, ...rest(within(own))],
    stable_within: [0, ...rest(within(other))],
    freedom: [0, ...rest(own.n + other.n - 2)],
    own_n: [own.n, ...rest(own.n)],
    own_sum: [own.failed, ...rest(sum(own.logs))],
    stable_n: [other.n, ...rest(other.n)],
    stable_sum: [other.failed, ...rest(sum(other.logs))],
  }
}

const alike = { n: 60, mean: 6, failing: 0.01 }
const told = (minutes: readonly SplitMinute[], name: string) => compareArms(minutes).find(one => one.name === name)

test('arms that are alike are called different in hardly any run, though one looks at every minute', () => {
  const runs = 150
  let wrong = 0
  for (let seed = 1; seed <= runs; seed++) {
    const minutes = minutesOf(seed, 90, { stable: alike, canary: { ...alike, n: 6 } })
    const isWrong = minutes.some((_, index) =>
      compareArms(minutes.slice(0, index + 1)).some(({ state }) => state === 'higher' || state === 'lower'),
    )
    wrong += isWrong ? 1 : 0
  }
  assert.ok(wrong <= 0.05 * runs, `${wrong} of ${runs}`)
})

test('a canary that is slower by a quarter is told, with an interval that holds it', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const minutes = minutesOf(seed, 90, { stable: alike, canary: { ...alike, n: 10, mean: alike.mean + Math.log(1.25) } })
    const ttft = told(minutes, 'ttft')
    assert.equal(ttft?.state, 'higher')
    assert.ok((ttft?.interval?.low ?? 1) < 0.25 && (ttft?.interval?.high ?? 0) > 0.25, `seed ${seed}`)
    assert.equal(told(minutes, 'errors')?.state === 'higher', false)
  }
})

test('a canary that fails more often is told by its failures, and one that is faster is lower', () => {
  const failing = minutesOf(7, 60, { stable: alike, canary: { ...alike, n: 10, failing: 0.12 } })
  assert.equal(told(failing, 'errors')?.state, 'higher')
  const faster = minutesOf(8, 90, { stable: alike, canary: { ...alike, n: 15, mean: alike.mean - Math.log(1.3) } })
  assert.equal(told(faster, 'ttft')?.state, 'lower')
})

test('swapping the arms turns a difference of logarithms and of shares round', () => {
  const world = { stable: alike, canary: { n: 20, mean: 6.2, failing: 0.05 } }
  const minutes = minutesOf(3, 60, world)
  const turned = minutes.map(minute => ({
    ...minute,
    moved: minute.moved.map(value => -value),
    ...{ own_n: minute.stable_n, own_sum: minute.stable_sum, stable_n: minute.own_n, stable_sum: minute.own_sum },
  }))
  const [there, back] = [told(minutes, 'ttft'), told(turned, 'ttft')]
  assert.ok(Math.abs((1 + (there?.estimate ?? 0)) * (1 + (back?.estimate ?? 0)) - 1) < 1e-9)
  assert.ok(Math.abs((told(minutes, 'errors')?.estimate ?? 0) + (told(turned, 'errors')?.estimate ?? 1)) < 1e-9)
})

test('requests that are said to be needed decide it: half of the runs are decided by then, and the number falls as they come', () => {
  const world = { stable: { ...alike, n: 100 }, canary: { ...alike, n: 10, mean: alike.mean + Math.log(1.15) } }
  let decided = 0
  for (let seed = 1; seed <= 30; seed++) {
    const minutes = minutesOf(seed, 600, world)
    const early = told(minutes.slice(0, 30), 'ttft')
    if (early?.state !== 'not yet') {
      decided++
      continue
    }
    const more = early.more_requests ?? assert.fail('it is to be had')
    const later = told(minutes.slice(0, 30 + Math.ceil(more / 10)), 'ttft')
    decided += later?.state === 'higher' || (later?.more_requests ?? 0) < more / 2 ? 1 : 0
  }
  assert.ok(decided >= 15, `${decided} of 30`)
})

test('nothing, a minute and few requests say too little, and no figure is NaN', () => {
  for (const minutes of [[], minutesOf(1, 1, { stable: alike, canary: alike }), minutesOf(1, 9, { stable: alike, canary: alike })]) {
    const compared = compareArms(minutes)
    assert.equal(compared.length, MEASURES.length)
    assert.ok(compared.every(({ state }) => state === 'too little'))
  }
  const silent = minuteOf(START_MS, [
    { n: 5, logs: [0, 0, 0, 0, 0], failed: 0 },
    { n: 5, logs: [0, 0, 0, 0, 0], failed: 0 },
  ])
  for (const one of compareArms(Array.from({ length: 30 }, (_, index) => ({ ...silent, at_ms: START_MS + index * 60_000 })))) {
    for (const value of [one.estimate, one.interval?.low, one.interval?.high, one.more_requests]) {
      assert.ok(value === null || value === undefined || Number.isFinite(value))
    }
  }
})

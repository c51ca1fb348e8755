import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../../services/platform/errors.ts'
import { type PartState, supervise } from '../../services/platform/supervise.ts'

const policy = { baseDelayMs: 100, maxDelayMs: 800, stableMs: 10_000 }

/**
 * A part whose runs end as told: `works` ms until it fails; null: it fails before it is ready. After the last one it works until it is
 * stopped.
 */
async function supervised(runs: readonly (number | null)[]) {
  const clock = { nowMs: 0 }
  const stop = new AbortController()
  const [delays, states, errors]: [number[], PartState[], object[]] = [[], [], []]
  let run = 0
  const ended = supervise(
    { part: 'charge', policy },
    async (signal, onReady) => {
      const works = runs[run++]
      if (works === undefined) {
        onReady()
        stop.abort()
        return
      }
      assert.equal(signal.aborted, false)
      if (works === null) throw new AppError('PRICE_INVALID', 'not ready')
      onReady()
      clock.nowMs += works
      throw new TypeError('a defect')
    },
    {
      logger: { error: (fields: object) => void errors.push(fields), info: () => undefined },
      now: () => clock.nowMs,
      random: () => 1,
      delay: async ms => {
        delays.push(ms)
        clock.nowMs += ms
      },
      onState: state => states.push(state),
    },
    stop.signal,
  ).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { error: await ended, delays, states, errors, runs: run }
}

test('a part that fails is started again after pauses that double up to the longest, and begin anew after steady work', async () => {
  const { error, delays, runs, errors } = await supervised([1, 1, 1, 1, 1, 20_000, 1])
  assert.equal(error, undefined)
  assert.deepEqual(delays, [100, 200, 400, 800, 800, 100, 200])
  assert.equal(runs, 8)
  assert.equal(errors.length, 7)
})

test('a part that fails again before it is ready stays down, says so, and is tried on', async () => {
  const { error, delays, states } = await supervised([1, null, null])
  assert.equal(error, undefined)
  assert.deepEqual(delays, [100, 200, 400])
  assert.deepEqual(
    states.map(({ state, restarts, code }) => [state, restarts, code]),
    [
      ['starting', 0, null],
      ['running', 0, null],
      ['restarting', 1, 'INTERNAL_ERROR'],
      ['restarting', 2, 'PRICE_INVALID'],
      ['restarting', 3, 'PRICE_INVALID'],
      ['running', 3, 'PRICE_INVALID'],
      ['stopped', 3, 'PRICE_INVALID'],
    ],
  )
})

test('a first start that fails is no passing fault: it is thrown on', async () => {
  const { error, delays } = await supervised([null])
  assert.equal((error as AppError).code, 'PRICE_INVALID')
  assert.deepEqual(delays, [])
})

test('whatever order faults come in, a part is never given up and never started twice at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.nat(30_000)), { minLength: 1, maxLength: 40 }), async runs => {
      const first = runs[0] === null ? [0, ...runs] : runs
      const { error, delays, runs: made } = await supervised(first)
      assert.equal(error, undefined)
      assert.equal(made, first.length + 1)
      assert.equal(delays.length, first.length)
      assert.ok(delays.every(ms => ms >= policy.baseDelayMs && ms <= policy.maxDelayMs))
    }),
  )
})

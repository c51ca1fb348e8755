import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../services/platform/errors.ts'
import { retry } from '../../services/platform/retry.ts'

const down = new AppError('CLICKHOUSE_UNAVAILABLE', 'down')
const refused = new AppError('CLICKHOUSE_QUERY_FAILED', 'syntax')
const policy = { attempts: 5, baseDelayMs: 100, maxDelayMs: 500 }

function waits(random = 0): { delays: number[]; deps: { delay: (ms: number) => Promise<void>; random: () => number } } {
  const delays: number[] = []
  return { delays, deps: { delay: async ms => void delays.push(ms), random: () => random } }
}

test('a retryable failure is tried again until it works', async () => {
  const { deps, delays } = waits()
  let calls = 0
  const result = await retry(
    async attempt => {
      assert.equal(attempt, ++calls)
      if (calls < 4) throw down
      return 'done'
    },
    policy,
    deps,
  )
  assert.equal(result, 'done')
  assert.deepEqual(delays, [50, 100, 200])
})

test('the last failure is thrown after exactly the allowed attempts', async () => {
  const { deps } = waits()
  let calls = 0
  await assert.rejects(
    retry(
      async () => {
        calls++
        throw down
      },
      policy,
      deps,
    ),
    down,
  )
  assert.equal(calls, 5)
})

test('what is not marked retryable is thrown at once, whatever its message says', async () => {
  for (const error of [refused, new Error('ECONNRESET socket hang up')]) {
    const { deps, delays } = waits()
    await assert.rejects(
      retry(() => Promise.reject(error), policy, deps),
      error,
    )
    assert.deepEqual(delays, [])
  }
})

test('waits grow to the maximum and carry jitter of up to half', async () => {
  for (const [random, expected] of [
    [0, [50, 100, 200, 250, 250, 250]],
    [0.999_999, [100, 200, 400, 500, 500, 500]],
  ] as const) {
    const { deps, delays } = waits(random)
    await assert.rejects(retry(() => Promise.reject(down), { ...policy, attempts: 7 }, deps))
    assert.deepEqual(delays, expected)
  }
})

test('an abort ends the trying with the failure at hand', async () => {
  const stop = new AbortController()
  let calls = 0
  const deps = { delay: async () => stop.abort(), random: () => 0, signal: stop.signal }
  await assert.rejects(
    retry(
      async () => {
        calls++
        throw down
      },
      { ...policy, attempts: Number.POSITIVE_INFINITY },
      deps,
    ),
    down,
  )
  assert.equal(calls, 1)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ArmRow, findSplits } from '../../../services/answers/rollouts/find-splits.ts'
import { MINUTE } from '../../../services/platform/clock.ts'

const START_MS = Date.UTC(2026, 10, 24, 3)

const row = (facts: Partial<ArmRow>): ArmRow => ({
  ...{ route: 'chat', request_model: 'm', upstream: 'old', version: '', requests: 900, minutes: 60 },
  ...{ first_ms: START_MS, last_ms: START_MS + 59 * MINUTE },
  ...facts,
})

test('first attempts of a route and model at two upstreams are a split, the larger one is stable', () => {
  const [split, ...others] = findSplits([row({}), row({ upstream: 'new', requests: 100 }), row({ route: 'other', upstream: 'new' })])
  assert.equal(others.length, 0)
  assert.deepEqual([split?.by, split?.stable.name, split?.others.map(({ name }) => name)], ['upstream', 'old', ['new']])
})

test('an arm that began ten minutes earlier is stable though it is smaller by now, and one may be named', () => {
  const rows = [row({ requests: 100 }), row({ upstream: 'new', first_ms: START_MS + 20 * MINUTE })]
  assert.equal(findSplits(rows)[0]?.stable.name, 'old')
  assert.equal(findSplits(rows, { stable: 'new' })[0]?.stable.name, 'new')
})

test('versions at one upstream are a split; two models that are asked for are none, nor is one upstream after another', () => {
  const versions = [row({ version: 'v1' }), row({ version: 'v2', requests: 80 }), row({ requests: 5 })]
  const [split] = findSplits(versions)
  assert.deepEqual([split?.by, split?.upstream, split?.stable.name], ['version', 'old', 'v1'])
  assert.deepEqual(findSplits([row({}), row({ request_model: 'n', upstream: 'new' })]), [])
  assert.deepEqual(findSplits([row({ last_ms: START_MS + 20 * MINUTE }), row({ upstream: 'new', first_ms: START_MS + 25 * MINUTE })]), [])
})

test('a stray request is no arm', () => {
  assert.deepEqual(findSplits([row({}), row({ upstream: 'new', requests: 19 })]), [])
  assert.deepEqual(findSplits([row({ requests: 100_000 }), row({ upstream: 'new', requests: 300 })]), [])
  assert.deepEqual(findSplits([]), [])
})

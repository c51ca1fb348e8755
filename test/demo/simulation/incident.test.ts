import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engineRestart, providerOutage } from '../../../services/demo/simulation/incident.ts'
import { MINUTE, SECOND } from '../../../services/platform/clock.ts'
import { play, START_MS } from './play.ts'

const POOL = 'llama-70b-h100'
const INCIDENT_MS = START_MS + 3 * MINUTE

for (const seed of [1, 2, 3, 4, 5, 6]) {
  describe(`the scripted outage with seed ${seed}`, () => {
    const { requests, scrapes, outputs } = play({
      seed,
      minutes: 12,
      stepMs: 10 * SECOND,
      incidents: [{ start_ms: INCIDENT_MS, script: providerOutage }],
    })
    const between = (fromS: number, toS: number) => (atMs: number) =>
      atMs >= INCIDENT_MS + fromS * SECOND && atMs < INCIDENT_MS + toS * SECOND
    const attemptsIn = (fromS: number, toS: number) => {
      const isIn = between(fromS, toS)
      return requests.flatMap(request => request.attempts).filter(attempt => isIn(attempt.started_at))
    }
    const poolIn = (fromS: number, toS: number) => {
      const isIn = between(fromS, toS)
      return scrapes.filter(scrape => scrape.pool === POOL && isIn(scrape.sampled_at))
    }
    const share = (attempts: { is_fallback: boolean; is_retry: boolean }[], name: 'is_fallback' | 'is_retry') =>
      attempts.filter(attempt => attempt[name]).length / attempts.length

    it('names its phases in order', () => {
      const phases = outputs.flatMap(output => output.phases)
      assert.deepEqual(
        phases.map(phase => phase.name),
        ['provider fails', 'fallback', 'pool saturates', 'retry storm', 'provider recovers', 'recovered'],
      )
      assert.equal(phases[0]?.started_at, INCIDENT_MS)
    })

    it('makes requests fall back to the pool and be tried again', () => {
      assert.ok(share(attemptsIn(-170, 0), 'is_fallback') < 0.03)
      assert.ok(share(attemptsIn(20, 160), 'is_fallback') > 0.12)
      assert.ok(share(attemptsIn(20, 160), 'is_retry') > 0.15)
      const fallbacks = attemptsIn(20, 160).filter(attempt => attempt.is_fallback)
      assert.ok(fallbacks.filter(attempt => attempt.upstream === POOL && attempt.fallback_from === 'openai').length > 100)
    })

    it('saturates the pool: requests wait, the KV cache is full, some are preempted', () => {
      const before = poolIn(-170, 0)
      const during = poolIn(60, 200)
      assert.ok(Math.max(...during.map(scrape => scrape.waiting)) > 10)
      assert.ok(Math.max(...during.map(scrape => scrape.kv_cache_use_ratio)) > 0.97)
      assert.ok(
        Math.max(...during.map(scrape => scrape.counters.preemptions)) > Math.max(...before.map(scrape => scrape.counters.preemptions)),
      )
    })

    it('brings a storm of attempts that time out', () => {
      const before = attemptsIn(-170, 0).filter(attempt => attempt.upstream === POOL && attempt.error_class === 'timeout')
      const during = attemptsIn(60, 200).filter(attempt => attempt.upstream === POOL && attempt.error_class === 'timeout')
      assert.ok(during.length > 10 + 5 * before.length, `${during.length} after ${before.length}`)
    })

    it('is over at the end: nobody waits, few are tried again', () => {
      assert.ok(share(attemptsIn(270, 500), 'is_fallback') < 0.04)
      assert.ok(share(attemptsIn(270, 500), 'is_retry') < 0.06)
      assert.equal(Math.max(...poolIn(300, 330).map(scrape => scrape.waiting)), 0)
    })
  })
}

describe('the restart of an engine', () => {
  const { requests, scrapes } = play({ minutes: 6, incidents: [{ start_ms: INCIDENT_MS, script: engineRestart }] })
  const first = scrapes.filter(scrape => scrape.pool === POOL && scrape.endpoint === '10.20.1.11:8000')

  it('starts its counters anew and leaves a gap in its readings', () => {
    const before = first.filter(scrape => scrape.sampled_at < INCIDENT_MS).at(-1)
    const after = first.find(scrape => scrape.sampled_at > INCIDENT_MS)
    assert.ok(before && after)
    assert.ok(after.sampled_at >= INCIDENT_MS + 40 * SECOND)
    assert.ok(after.counters.prompt_tokens < before.counters.prompt_tokens)
    assert.equal(after.counters.created_at, INCIDENT_MS + 40 * SECOND)
  })

  it('breaks what the engine was serving, and most of it is answered by another', () => {
    const broken = requests.filter(request => request.attempts.some(attempt => attempt.error_class === 'connect_or_reset'))
    assert.ok(broken.length > 0)
    for (const request of broken)
      assert.ok(request.attempts.every(attempt => attempt.error_class !== 'connect_or_reset' || attempt.endpoint === '10.20.1.11:8000'))
  })
})

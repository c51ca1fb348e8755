import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { aggregateTruth } from '../../../services/demo/simulation/aggregate-truth.ts'
import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import { engineRestart, providerOutage } from '../../../services/demo/simulation/incident.ts'
import { scalePlatform } from '../../../services/demo/simulation/platform-model.ts'
import { openSimulation } from '../../../services/demo/simulation/run.ts'
import { MINUTE, SECOND } from '../../../services/platform/clock.ts'
import { bytesOf, play, START_MS } from './play.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

describe('a simulation', () => {
  it('gives the same bytes for the same seed, and others for another', () => {
    const options = { minutes: 4, incidents: [{ start_ms: START_MS + MINUTE, script: providerOutage }] }
    const first = digest(bytesOf(play(options)))
    assert.equal(digest(bytesOf(play(options))), first)
    assert.notEqual(digest(bytesOf(play({ ...options, seed: 8 }))), first)
  })

  it('does not depend on how its time is stepped', () => {
    const incidents = [
      { start_ms: START_MS + MINUTE, script: providerOutage },
      { start_ms: START_MS + 2 * MINUTE, script: engineRestart },
    ]
    const inOneStep = digest(bytesOf(play({ minutes: 5, stepMs: 5 * MINUTE, incidents })))
    assert.equal(digest(bytesOf(play({ minutes: 5, stepMs: 777, incidents }))), inOneStep)
  })

  it('keeps every tenant’s demand when something is added elsewhere', () => {
    const demandOf = (run: ReturnType<typeof play>, tenant: string) =>
      run.requests
        .filter(request => request.tenant_id === tenant)
        .map(request => [request.request_id, request.started_at, request.route, request.is_stream, request.request_bytes].join())
        .sort()
    const quiet = play({ minutes: 3 })
    const busy = play({
      minutes: 3,
      incidents: [{ start_ms: START_MS + 20 * SECOND, script: providerOutage }],
      platform: {
        ...defaultPlatform,
        tenants: [
          ...defaultPlatform.tenants,
          { ...defaultPlatform.tenants[2], tenant_id: 'newcomer' } as (typeof defaultPlatform.tenants)[number],
        ],
      },
    })
    assert.ok(demandOf(quiet, 'acme').length > 100)
    assert.deepEqual(demandOf(busy, 'acme'), demandOf(quiet, 'acme'))
    assert.ok(demandOf(busy, 'newcomer').length > 50)
  })

  it('finishes every request that arrives exactly once', () => {
    const { simulation, requests } = play({ minutes: 8, incidents: [{ start_ms: START_MS + MINUTE, script: providerOutage }] })
    assert.equal(simulation.inFlight, 0)
    assert.equal(requests.length, simulation.arrived)
    assert.equal(new Set(requests.map(request => request.request_id)).size, simulation.arrived)
    assert.ok(simulation.arrived > 2000)
  })

  it('hands finished requests over in order of their end', () => {
    const { requests } = play({ minutes: 3 })
    for (let index = 1; index < requests.length; index++) {
      assert.ok((requests[index]?.ended_at ?? 0) >= (requests[index - 1]?.ended_at ?? 0))
    }
  })

  it('has consistent times and counts in every attempt', () => {
    const { requests } = play({ minutes: 8, incidents: [{ start_ms: START_MS + MINUTE, script: providerOutage }] })
    for (const request of requests) {
      assert.ok(request.ended_at >= request.started_at)
      let previousEnd = request.started_at
      for (const [index, attempt] of request.attempts.entries()) {
        assert.equal(attempt.attempt_no, index + 1)
        assert.ok(attempt.started_at >= previousEnd, 'attempts follow each other')
        assert.ok(attempt.ended_at >= attempt.started_at)
        assert.ok(attempt.ended_at <= request.ended_at)
        assert.ok(attempt.queue_ms === null || attempt.queue_ms >= 0)
        assert.ok(attempt.ttft_ms === null || (attempt.ttft_ms >= 0 && attempt.started_at + attempt.ttft_ms <= attempt.ended_at))
        for (const count of Object.values(attempt.tokens)) assert.ok(Number.isSafeInteger(count) && count >= 0)
        assert.ok(attempt.tokens.cached_input_tokens + attempt.tokens.cache_write_tokens <= attempt.tokens.input_tokens)
        assert.ok(attempt.tokens.reasoning_tokens <= attempt.tokens.output_tokens)
        assert.equal(attempt.outcome === 'ok', index === request.attempts.length - 1 && request.outcome === 'ok')
        previousEnd = attempt.ended_at
      }
    }
  })

  it('grows its rate with the scale and keeps its latencies', () => {
    const small = play({ minutes: 4 })
    const large = play({ minutes: 1, platform: scalePlatform(defaultPlatform, 40) })
    const ratio = large.requests.length / (small.requests.length / 4)
    assert.ok(ratio > 25 && ratio < 60, `${ratio}`)
    const medianMs = (run: typeof small) => {
      const durations = run.requests.filter(request => request.outcome === 'ok').map(request => request.ended_at - request.started_at)
      return durations.sort((a, b) => a - b)[durations.length >> 1] ?? 0
    }
    assert.ok(Math.abs(Math.log(medianMs(large) / medianMs(small))) < Math.log(1.6))
  })

  it('reads engines every 15 seconds before live time and every 5 seconds from then on', () => {
    const simulation = openSimulation({ seed: 1, startMs: START_MS, platform: defaultPlatform, liveAtMs: START_MS + MINUTE })
    const times = new Set(simulation.advanceTo(START_MS + 80 * SECOND).scrapes.map(scrape => (scrape.sampled_at - START_MS) / SECOND))
    assert.deepEqual([...times], [15, 30, 45, 60, 65, 70, 75, 80])
  })

  it('refuses a platform whose parts do not fit together', () => {
    const platform = { ...defaultPlatform, providers: [] }
    assert.throws(() => openSimulation({ seed: 1, startMs: START_MS, platform }), RangeError)
  })
})

describe('sums of the truth', () => {
  const { requests } = play({ minutes: 8, incidents: [{ start_ms: START_MS + MINUTE, script: providerOutage }] })

  it('are the plain sums over attempts', () => {
    const rows = aggregateTruth(requests, { groupBy: ['tenant_id', 'upstream', 'response_model'], basis: 'upstream' })
    const total = (name: 'requests' | 'attempts' | 'input_tokens' | 'output_tokens') => rows.reduce((sum, row) => sum + row[name], 0)
    let attempts = 0
    let input = 0
    let output = 0
    for (const request of requests) {
      for (const attempt of request.attempts) {
        attempts++
        input += attempt.tokens.input_tokens
        output += attempt.tokens.output_tokens
      }
    }
    assert.equal(total('requests'), requests.length)
    assert.equal(total('attempts'), attempts)
    assert.equal(total('input_tokens'), input)
    assert.equal(total('output_tokens'), output)
  })

  it('come to the same whatever they are grouped by', () => {
    for (const basis of ['upstream', 'reported'] as const) {
      const { key: _, ...whole } = aggregateTruth(requests, { groupBy: [], basis })[0] ?? { key: [] }
      for (const groupBy of [['tenant_id'], ['route', 'upstream'], ['window_start', 'request_model']] as const) {
        const parts = aggregateTruth(requests, { groupBy, basis })
        for (const [name, value] of Object.entries(whole)) {
          const sum = parts.reduce((total, row) => total + Number((row as unknown as Record<string, unknown>)[name]), 0)
          assert.equal(sum, value, `${basis} ${groupBy.join()} ${name}`)
        }
      }
    }
  })
})

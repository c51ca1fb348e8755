import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Engine, type EngineListener } from '../../../services/demo/simulation/engine.ts'
import { EngineJob } from '../../../services/demo/simulation/engine-job.ts'
import type { PoolConfig } from '../../../services/demo/simulation/platform-model.ts'

const pool: PoolConfig = {
  name: 'p',
  model: 'm',
  region: '',
  endpoints: ['10.0.0.1:8000'],
  gpus_per_engine: 1,
  gpu_model: 'GPU',
  running_limit: 4,
  kv_capacity_tokens: 1000,
  max_model_tokens: 900,
  prefill_tokens_per_s: 1000,
  iteration_base_ms: 10,
  iteration_per_request_ms: 1,
  prefill_slowdown: 2,
}

type Job = EngineJob<number>

class Recorder implements EngineListener<number> {
  readonly firstTokens = new Map<number, number>()
  readonly finished = new Map<number, number>()
  readonly lost = new Map<number, number>()
  onFirstToken(job: Job, atMs: number) {
    assert.ok(!this.firstTokens.has(job.owner), 'one first token per job')
    this.firstTokens.set(job.owner, atMs)
  }
  onFinished(job: Job, atMs: number) {
    assert.ok(!this.finished.has(job.owner) && !this.lost.has(job.owner), 'one end per job')
    this.finished.set(job.owner, atMs)
  }
  onLost(job: Job, atMs: number) {
    assert.ok(!this.finished.has(job.owner) && !this.lost.has(job.owner), 'one end per job')
    this.lost.set(job.owner, atMs)
  }
}

function build(config: Partial<PoolConfig> = {}) {
  const recorder = new Recorder()
  return { recorder, engine: new Engine<number>({ ...pool, ...config }, '10.0.0.1:8000', 0, recorder) }
}

function playUntil(engine: Engine<number>, untilMs: number, check: () => void = () => {}): void {
  for (let steps = 0; engine.nextAtMs <= untilMs; steps++) {
    assert.ok(steps < 100_000, 'the engine makes progress')
    engine.step()
    check()
  }
}

describe('an engine', () => {
  it('takes the time of the prompt and one iteration per further token, for a request alone', () => {
    const { engine, recorder } = build()
    engine.submit(new EngineJob(1, 200, 0, 11, false), 0)
    playUntil(engine, 1e6)
    // 200 tokens at 1000 per second, then 10 iterations of 10 + 1 ms.
    assert.ok(Math.abs((recorder.firstTokens.get(1) ?? 0) - 200) < 1e-6)
    assert.ok(Math.abs((recorder.finished.get(1) ?? 0) - (200 + 10 * 11)) < 1e-6)
  })

  it('saves the prefill of cached tokens', () => {
    const { engine, recorder } = build()
    engine.submit(new EngineJob(1, 200, 160, 1, false), 0)
    playUntil(engine, 1e6)
    assert.ok(Math.abs((recorder.finished.get(1) ?? 0) - 40) < 1e-6)
    assert.equal(engine.read(1000).counters.prompt_tokens_cached, 160)
  })

  it('decodes slower in a larger batch', () => {
    const { engine, recorder } = build({ prefill_tokens_per_s: 1e9 })
    engine.submit(new EngineJob(1, 1, 0, 101, false), 0)
    engine.submit(new EngineJob(2, 1, 0, 101, false), 0)
    playUntil(engine, 1e6)
    // 100 iterations of 10 + 2 × 1 ms.
    assert.ok(Math.abs((recorder.finished.get(2) ?? 0) - 1200) < 0.1)
  })

  it('lets requests beyond the running limit wait, first come first served', () => {
    const { engine, recorder } = build({ running_limit: 1 })
    for (let job = 1; job <= 3; job++) engine.submit(new EngineJob(job, 100, 0, 2, false), 0)
    assert.equal(engine.running, 1)
    assert.equal(engine.waiting, 2)
    playUntil(engine, 1e6)
    assert.deepEqual([...recorder.finished.keys()], [1, 2, 3])
    const { queue } = engine.read(1e6).counters
    // They wait 0, one and two services of 100 + 11 ms.
    assert.ok(Math.abs(queue.sum - 0.333) < 1e-6)
  })

  it('preempts the youngest when the KV cache is full, and finishes it later', () => {
    const { engine, recorder } = build()
    engine.submit(new EngineJob(1, 400, 0, 300, false), 0)
    engine.submit(new EngineJob(2, 400, 0, 300, false), 0)
    playUntil(engine, 1e6)
    const { counters } = engine.read(1e6)
    assert.ok(counters.preemptions >= 1)
    assert.deepEqual([...recorder.finished.keys()], [1, 2])
    assert.equal(counters.generation_tokens, 600)
    assert.equal(counters.prompt_tokens, 800)
  })

  it('frees the place of an aborted request at once, and knows what it had cost', () => {
    const { engine, recorder } = build({ running_limit: 1 })
    const first = new EngineJob(1, 100, 0, 1000, false)
    engine.submit(first, 0)
    engine.submit(new EngineJob(2, 100, 0, 2, false), 0)
    playUntil(engine, 100)
    assert.deepEqual(engine.used(first, 100 + 11 * 5), { input_tokens: 100, cached_input_tokens: 0, output_tokens: 6 })
    engine.abort(first, 155)
    playUntil(engine, 1e6)
    assert.ok(Math.abs((recorder.finished.get(2) ?? 0) - (155 + 100 + 11)) < 1e-6)
    assert.equal(engine.read(1e6).counters.finished.abort, 1)
  })

  it('loses everything when it stops', () => {
    const { engine, recorder } = build({ running_limit: 2 })
    for (let job = 1; job <= 4; job++) engine.submit(new EngineJob(job, 100, 0, 50, false), 0)
    playUntil(engine, 150)
    engine.stop(150)
    assert.deepEqual([...recorder.lost.keys()].sort(), [1, 2, 3, 4])
    assert.equal(engine.nextAtMs, Number.POSITIVE_INFINITY)
    engine.start(200)
    assert.equal(engine.read(200).counters.prompt_tokens, 0)
    engine.submit(new EngineJob(5, 100, 0, 2, false), 200)
    playUntil(engine, 1e6)
    assert.deepEqual([...recorder.finished.keys()], [5])
  })

  const jobs = fc.array(
    fc.record({
      gapMs: fc.integer({ min: 0, max: 400 }),
      input: fc.integer({ min: 1, max: 500 }),
      cachedShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
      output: fc.integer({ min: 1, max: 400 }),
      abortAfterMs: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined, freq: 4 }),
    }),
    { minLength: 1, maxLength: 60 },
  )

  it('never exceeds its running limit or its cache, waits no negative time, and ends every request exactly once', () => {
    fc.assert(
      fc.property(jobs, plan => {
        const { engine, recorder } = build()
        const aborts: { atMs: number; job: Job }[] = []
        const aborted = new Set<number>()
        let generated = 0
        const check = () => {
          assert.ok(engine.running >= 0 && engine.running <= pool.running_limit)
          assert.ok(engine.waiting >= 0)
        }
        const reach = (atMs: number) => {
          playUntil(engine, atMs, check)
          const reading = engine.read(atMs)
          assert.ok(reading.kv_cache_use_ratio >= -1e-9 && reading.kv_cache_use_ratio <= 1)
          assert.ok(reading.counters.generation_tokens >= generated, 'counters only grow')
          generated = reading.counters.generation_tokens
        }
        const playAborts = (untilMs: number) => {
          aborts.sort((a, b) => a.atMs - b.atMs)
          while (aborts.length > 0 && (aborts[0]?.atMs ?? 0) <= untilMs) {
            const { atMs, job } = aborts.shift() as { atMs: number; job: Job }
            reach(atMs)
            if (job.state === 'done') continue
            engine.abort(job, atMs)
            aborted.add(job.owner)
            check()
          }
        }
        let nowMs = 0
        for (const [owner, { gapMs, input, cachedShare, output, abortAfterMs }] of plan.entries()) {
          nowMs += gapMs
          playAborts(nowMs)
          reach(nowMs)
          const job = new EngineJob(owner, input, Math.min(input - 1, Math.floor(input * cachedShare)), output, false)
          engine.submit(job, nowMs)
          check()
          if (abortAfterMs !== undefined) aborts.push({ atMs: nowMs + abortAfterMs, job })
        }
        playAborts(Number.POSITIVE_INFINITY)
        reach(1e9)
        assert.equal(engine.running + engine.waiting, 0)
        for (const [owner] of plan.entries()) assert.equal(Number(recorder.finished.has(owner)) + Number(aborted.has(owner)), 1)
        const { counters } = engine.read(1e9)
        assert.equal(counters.finished.stop + counters.finished.abort, plan.length)
        const whole = plan.reduce((sum, { output }, owner) => sum + (recorder.finished.has(owner) ? output : 0), 0)
        assert.ok(counters.generation_tokens >= whole)
        if (aborted.size === 0) assert.equal(counters.generation_tokens, whole)
        assert.ok(counters.queue.sum >= 0)
        assert.ok(Math.abs(engine.read(1e9).kv_cache_use_ratio) < 1e-9)
      }),
      { numRuns: 1000 },
    )
  })
})

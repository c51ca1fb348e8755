import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readExposition } from '../../../schemas/metrics/read-exposition.ts'
import { renderVllmExposition } from '../../../services/demo/simulation/emit/vllm-exposition.ts'
import { play } from './play.ts'

const { scrapes, requests } = play({ minutes: 6 })

/** Series of a Prometheus text, read without the renderer's help. */
function readSeries(text: string): { series: Map<string, number>; types: Map<string, string> } {
  const series = new Map<string, number>()
  const types = new Map<string, string>()
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line)
    if (type) types.set(type[1] ?? '', type[2] ?? '')
    if (line.startsWith('#')) continue
    const sample = /^([a-zA-Z0-9_:]+\{[^}]*\}) (\S+)$/.exec(line)
    assert.ok(sample, line)
    assert.ok(!series.has(sample[1] ?? ''), `twice: ${line}`)
    series.set(sample[1] ?? '', Number(sample[2]))
  }
  return { series, types }
}

describe('the exposition of a simulated model server', () => {
  it('is one series a line, each of a family with HELP and TYPE, all with the model’s name', () => {
    for (const scrape of scrapes.slice(-5)) {
      const text = renderVllmExposition(scrape)
      const { series, types } = readSeries(text)
      assert.ok(text.endsWith('\n'))
      for (const [name, value] of series) {
        assert.ok(Number.isFinite(value) && value >= 0, name)
        const family = name.slice(0, name.indexOf('{'))
        assert.ok(types.has(family) || types.get(family.replace(/_(bucket|sum|count)$/, '')) === 'histogram', family)
        if (!name.startsWith('vllm:cache_config_info')) assert.ok(name.includes(`model_name="${scrape.model}"`))
      }
    }
  })

  it('has histograms whose buckets grow up to their count', () => {
    for (const scrape of scrapes.slice(-5)) {
      const { series } = readSeries(renderVllmExposition(scrape))
      const last = new Map<string, number>()
      for (const [name, value] of series) {
        const family = /^(.*)_bucket\{/.exec(name)?.[1]
        if (family === undefined) continue
        assert.ok(value >= (last.get(family) ?? 0), name)
        last.set(family, value)
      }
      assert.equal(last.size, 11)
      for (const [family, value] of last) assert.equal(series.get(`${family}_count{engine="0",model_name="${scrape.model}"}`), value)
    }
  })

  it('is read by the engine’s table as the state it was made from, with no series unknown', () => {
    for (const scrape of scrapes.slice(-5)) {
      const target = { pool: scrape.pool, endpoint: scrape.endpoint, sampledAtMs: scrape.sampled_at }
      const { samples, ...rest } = readExposition(renderVllmExposition(scrape), target)
      assert.equal(samples.length, 1)
      const { counters } = scrape
      const { stop, length, abort, error } = counters.finished
      const expected = {
        engine: 'vllm',
        model: scrape.model,
        engine_index: '0',
        running: scrape.running,
        waiting: scrape.waiting,
        kv_cache_use_ratio: scrape.kv_cache_use_ratio,
        preemptions_total: counters.preemptions,
        input_tokens_total: counters.prompt_tokens,
        output_tokens_total: counters.generation_tokens,
        prefix_cache_hits_total: counters.prompt_tokens_cached,
        requests_finished_total: stop + length + abort + error,
        requests_failed_total: abort + error,
      }
      const found = Object.fromEntries(Object.keys(expected).map(name => [name, (samples[0] as unknown as Record<string, unknown>)[name]]))
      assert.deepEqual(found, expected)
      assert.deepEqual(rest, { product: 'vllm', gateways: [], gpus: [], unknownSeries: 0, errors: [] })
    }
  })

  it('has counters that only grow', () => {
    const before = new Map<string, number>()
    for (const scrape of scrapes) {
      const { series, types } = readSeries(renderVllmExposition(scrape))
      for (const [name, value] of series) {
        const family = name.slice(0, name.indexOf('{'))
        if (types.get(family) === 'gauge') continue
        const id = `${scrape.endpoint} ${name}`
        assert.ok(value >= (before.get(id) ?? 0) - 1e-9, name)
        before.set(id, value)
      }
    }
  })

  it('counts the tokens of the requests that the pool answered', () => {
    const attempts = requests.flatMap(request => request.attempts).filter(attempt => attempt.upstream === 'qwen3-32b-l40s')
    const lastAt = scrapes.at(-1)?.sampled_at ?? 0
    const done = attempts.filter(attempt => attempt.ended_at <= lastAt - 1)
    const begun = attempts.filter(attempt => attempt.started_at <= lastAt)
    const counted = (name: string) =>
      scrapes
        .filter(scrape => scrape.sampled_at === lastAt && scrape.pool === 'qwen3-32b-l40s')
        .reduce(
          (sum, scrape) =>
            sum + (readSeries(renderVllmExposition(scrape)).series.get(`vllm:${name}{engine="0",model_name="${scrape.model}"}`) ?? 0),
          0,
        )
    for (const [name, tokens] of [
      ['prompt_tokens_total', 'input_tokens'],
      ['generation_tokens_total', 'output_tokens'],
      ['prefix_cache_hits_total', 'cached_input_tokens'],
    ] as const) {
      const least = done.reduce((sum, attempt) => sum + attempt.tokens[tokens], 0)
      const most = begun.reduce((sum, attempt) => sum + attempt.tokens[tokens], 0)
      assert.ok(counted(name) >= least && counted(name) <= most, `${name} ${least} ${counted(name)} ${most}`)
    }
  })
})

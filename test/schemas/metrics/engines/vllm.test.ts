import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { EngineSampleContent } from '../../../../schemas/engine-sample.ts'
import { readExposition } from '../../../../schemas/metrics/read-exposition.ts'
import { sample } from '../../../fixtures/samples.ts'

const target = { pool: 'llama', endpoint: '10.8.1.12:8000', sampledAtMs: 1787500000000 }

function samplesOf(text: string, more: Partial<Parameters<typeof readExposition>[1]> = {}): EngineSampleContent[] {
  return readExposition(text, { ...target, ...more }).samples
}

const atRest0: Omit<EngineSampleContent, 'ttft_seconds_buckets' | 'itl_seconds_buckets'> = {
  pool: 'llama',
  model: 'Qwen/Qwen3-32B',
  endpoint: '10.8.1.12:8000',
  engine: 'vllm',
  engine_index: '0',
  region: '',
  sampled_at: 1787500000000,
  running: 14,
  waiting: 3,
  running_limit: null,
  kv_cache_use_ratio: 0.61,
  preemptions_total: 2,
  input_tokens_total: 99400,
  output_tokens_total: 20998,
  prefix_cache_queries_total: 99400,
  prefix_cache_hits_total: 25921,
  queue_seconds_sum: 20.45383158935591,
  queue_seconds_count: 120,
  ttft_seconds_sum: 47.98152952735326,
  ttft_seconds_count: 120,
  // 108 stop + 9 length + 2 abort + 1 error
  requests_finished_total: 120,
  requests_failed_total: 3,
  itl_seconds_sum: 68.60035777461812,
  itl_seconds_count: 2400,
  e2e_seconds_sum: 635.9255295273539,
  e2e_seconds_count: 120,
  prefill_seconds_sum: 47.98152952735326,
  decode_seconds_sum: 587.9440000000002,
  finish_reasons: { stop: 108, length: 9, abort: 2, error: 1, repetition: 0 },
}

suite('vLLM exposition', () => {
  test('two data-parallel engines are two samples, with every signal of each', () => {
    const scrape = readExposition(sample('vllm_v1_scrape_t0.prom.gz').toString('utf8'), target)
    assert.equal(scrape.product, 'vllm')
    assert.equal(scrape.samples.length, 2)
    const { ttft_seconds_buckets, itl_seconds_buckets, ...first } = scrape.samples[0] as EngineSampleContent
    assert.deepEqual(first, atRest0)
    assert.deepEqual([Object.keys(ttft_seconds_buckets).length, ttft_seconds_buckets['0.25'], ttft_seconds_buckets['1']], [23, 50, 110])
    assert.deepEqual([itl_seconds_buckets['0.025'], itl_seconds_buckets['0.05'], itl_seconds_buckets['+Inf']], [894, 2349, 2400])
    assert.deepEqual(scrape.errors, [])
    assert.equal(scrape.unknownSeries, 0)
    const second = scrape.samples[1]
    assert.deepEqual([second?.engine_index, second?.running, second?.waiting, second?.kv_cache_use_ratio], ['1', 9, 1, 0.38])
    // 81 stop + 6 length + 2 abort + 1 error
    assert.deepEqual([second?.requests_finished_total, second?.requests_failed_total, second?.preemptions_total], [90, 3, 0])
  })

  test('the busy scrape grows from the one at rest', () => {
    const before = samplesOf(sample('vllm_v1_scrape_t0.prom.gz').toString('utf8'))
    const after = samplesOf(sample('vllm_v1_scrape_t1_busy.prom.gz').toString('utf8'))
    const grown = (signal: 'input_tokens_total' | 'output_tokens_total' | 'queue_seconds_count' | 'preemptions_total') =>
      after.map((one, index) => Number(one[signal]) - Number(before[index]?.[signal]))
    assert.deepEqual(grown('input_tokens_total'), [139151 - 99400, 136880 - 82748])
    assert.deepEqual(grown('output_tokens_total'), [34720 - 20998, 27812 - 15628])
    assert.deepEqual(grown('queue_seconds_count'), [60, 60])
    assert.deepEqual(
      after.map(one => [one.running, one.waiting]),
      [
        [32, 43],
        [32, 28],
      ],
    )
  })

  test('older names are read where the newer ones are not there, never both', () => {
    const old = 'vllm:gpu_cache_usage_perc{model_name="m"} 0.5\nvllm:gpu_prefix_cache_hits_total{model_name="m"} 7\n'
    assert.deepEqual([samplesOf(old)[0]?.kv_cache_use_ratio, samplesOf(old)[0]?.prefix_cache_hits_total], [0.5, 7])
    const both = `${old}vllm:kv_cache_usage_perc{model_name="m"} 0.25\nvllm:prefix_cache_hits_total{model_name="m"} 9\n`
    assert.deepEqual([samplesOf(both)[0]?.kv_cache_use_ratio, samplesOf(both)[0]?.prefix_cache_hits_total], [0.25, 9])
  })

  test('counters without _total are counters, and _created is no reading', () => {
    const text =
      'vllm:prompt_tokens{model_name="m"} 5\nvllm:prompt_tokens_created{model_name="m"} ' +
      '1787500000\nvllm:iteration_tokens_total_sum{model_name="m"} 9\n'
    const scrape = readExposition(text, target)
    assert.equal(scrape.samples[0]?.input_tokens_total, 5)
    assert.equal(scrape.unknownSeries, 0)
  })

  test('names behind Ray Serve are the same engine, told apart by replica', () => {
    const text =
      'ray_vllm_num_requests_running{model_name="m",ReplicaId="r1"} 2\nray_vllm_num_requests_running{model_name="m",ReplicaId="r2"} ' +
      '3\nvllm_num_requests_waiting{model_name="m",ReplicaId="r1"} 1\n'
    assert.deepEqual(
      samplesOf(text).map(one => [one.engine_index, one.running, one.waiting]),
      [
        ['r1', 2, 1],
        ['r2', 3, null],
      ],
    )
  })

  test('NaN and infinity are no reading, which is not zero', () => {
    const text =
      'vllm:num_requests_running{model_name="m"} NaN\nvllm:num_requests_waiting{model_name="m"} ' +
      '+Inf\nvllm:kv_cache_usage_perc{model_name="m"} 0\n'
    assert.deepEqual(
      samplesOf(text).map(one => [one.running, one.waiting, one.kv_cache_use_ratio]),
      [[null, null, 0]],
    )
    assert.deepEqual(samplesOf('vllm:num_requests_running NaN\n'), [])
  })

  test('series without a model belong to the target’s model, else to the only one there is', () => {
    const text = 'vllm:num_requests_running 2\nvllm:num_requests_waiting{model_name="m"} 1\n'
    assert.deepEqual(
      samplesOf(text).map(one => [one.model, one.running, one.waiting]),
      [['m', 2, 1]],
    )
    assert.deepEqual(
      samplesOf(text, { model: 'n' }).map(one => one.model),
      ['n', 'm'],
    )
  })

  test('requests that finished without a reason label are not known to have failed or not', () => {
    const [one] = samplesOf('vllm:request_success_total{model_name="m"} 13\n')
    assert.deepEqual([one?.requests_finished_total, one?.requests_failed_total], [13, null])
  })

  test('an exposition of something else has no engine, and unknown series are counted', () => {
    const other = readExposition('sglang_x 1\nnode_load1 0.3\n', target)
    assert.deepEqual([other.product, other.samples, other.unknownSeries], [undefined, [], 2])
    assert.equal(
      readExposition('vllm:num_requests_running 1\nvllm:brand_new_metric 4\nother_thing 5\n', { ...target, engine: 'nonsense' })
        .unknownSeries,
      2,
    )
  })
})

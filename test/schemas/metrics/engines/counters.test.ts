/** What keeps counters true at the sample; restarts and replicas that vanish are settling's part. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { engineFacts, scrape } from './scraping.ts'

suite('truth of the counters', () => {
  test('a series that stands there twice counts once and is reported', () => {
    const read = scrape('vllm:prompt_tokens_total{model_name="m"} 5\nvllm:prompt_tokens_total{model_name="m"} 9\n')
    assert.equal(read.samples[0]?.input_tokens_total, 5)
    assert.match(read.errors[0]?.message ?? '', /stood above already/)
  })

  test('a counter and its name without _total are one, never two', () => {
    const text = 'vllm:prompt_tokens_total{model_name="m"} 5\nvllm:prompt_tokens{model_name="m"} 5\n'
    assert.equal(scrape(text).samples[0]?.input_tokens_total, 5)
  })

  test('when a counter was created is no reading of it', () => {
    for (const start of ['vllm:prompt_tokens', 'sglang:prompt_tokens', 'lmdeploy:prompt_tokens', 'trtllm_prompt_tokens']) {
      const read = scrape(`${start}_total{model_name="m"} 5\n${start}_created{model_name="m"} 1787500000\n`)
      assert.deepEqual([read.samples[0]?.input_tokens_total, read.unknownSeries], [5, 0], start)
    }
  })

  test('a stale series, as Prometheus marks it, is no reading', () => {
    assert.deepEqual(engineFacts('vllm:num_requests_running{model_name="m"} NaN\nvllm:num_requests_waiting{model_name="m"} 2\n'), [
      { pool: 'blue', model: 'm', engine: 'vllm', waiting: 2 },
    ])
  })

  test('one engine without a reading does not take it from another, and a model without any number gives no sample', () => {
    const text = 'vllm:num_requests_running{model_name="m",engine="0"} NaN\nvllm:num_requests_running{model_name="m",engine="1"} 4\n'
    assert.deepEqual(engineFacts(text), [{ pool: 'blue', model: 'm', engine: 'vllm', engine_index: '1', running: 4 }])
  })

  test('a sum of which a part has no reading has none, for without the part the counter would seem to fall', () => {
    const tokens = (streamed: string) =>
      `sglang:prompt_tokens_total{model_name="m",is_streaming="true"} ` +
      `${streamed}\nsglang:prompt_tokens_total{model_name="m",is_streaming="false"} 7\nsglang:num_running_reqs{model_name="m"} 1\n`
    assert.deepEqual(
      ['900', 'NaN', '910'].map(streamed => scrape(tokens(streamed)).samples[0]?.input_tokens_total),
      [907, null, 917],
    )
    assert.equal(scrape('vllm:kv_cache_usage_perc{a="1"} NaN\nvllm:kv_cache_usage_perc{a="2"} 0.4\n').samples[0]?.kv_cache_use_ratio, 0.4)
  })

  test('servers that a Prometheus passes on in one answer stay apart, so that one that vanishes is no reset of the others', () => {
    const text = ['a:8000', 'b:8000'].map(
      (instance, index) => `vllm:prompt_tokens_total{model_name="m",instance="${instance}"} ${index + 5}`,
    )
    const gpu = 'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",instance="c:9400"} 80'
    const read = scrape([...text, gpu].join('\n'))
    assert.deepEqual(
      read.samples.map(one => [one.endpoint, one.input_tokens_total]),
      [
        ['a:8000', 5],
        ['b:8000', 6],
      ],
    )
    assert.deepEqual([read.gpus[0]?.endpoint, read.gpus[0]?.host], ['c:9400', 'c'])
  })

  test('what a rule leaves out cannot take its reading away', () => {
    const text = 'vllm:request_success_total{finished_reason="stop"} NaN\nvllm:request_success_total{finished_reason="abort"} 2\n'
    const [one] = scrape(text).samples
    assert.deepEqual([one?.requests_failed_total, one?.requests_finished_total, one?.finish_reasons], [2, null, { abort: 2 }])
  })

  test('buckets keep their bounds, however these are written, so that other bounds can be told from other counts', () => {
    const buckets = (bounds: readonly string[]) =>
      bounds.map((le, index) => `vllm:time_to_first_token_seconds_bucket{model_name="m",le="${le}"} ${index + 1}`).join('\n')
    const read = (bounds: readonly string[]) => scrape(buckets(bounds)).samples[0]?.ttft_seconds_buckets
    assert.deepEqual(read(['0.10', '1.0', '+Inf']), { 0.1: 1, 1: 2, '+Inf': 3 })
    assert.deepEqual(read(['1e-1', '1', 'inf']), read(['0.10', '1.0', '+Inf']))
    assert.notDeepEqual(Object.keys(read(['0.2', '1.0', '+Inf']) ?? {}), Object.keys(read(['0.10', '1.0', '+Inf']) ?? {}))
  })

  test('a bound that is no number is no bucket', () => {
    const text = 'vllm:time_to_first_token_seconds_bucket{model_name="m",le="fast"} 4\nvllm:num_requests_running{model_name="m"} 1\n'
    assert.deepEqual(scrape(text).samples[0]?.ttft_seconds_buckets, {})
  })

  test('series that no table names are counted, those of client libraries are not', () => {
    const read = scrape(
      'vllm:num_requests_running 1\nvllm:warp_speed 9\nmystery 1\npython_info 1\nhttp_requests_total ' +
        '4\nvllm:nixl_xfer_time_seconds_sum 1\n',
    )
    assert.equal(read.unknownSeries, 2)
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { facts, scrape } from '../engines/scraping.ts'

function gatewayFacts(textOrFile: string): Record<string, unknown>[] {
  return scrape(textOrFile).gateways.map(facts)
}

const sums = (model: string, requests: number, failed: number, input: number, output: number, seconds: number) => ({
  pool: 'blue',
  model,
  product: 'endpoint-picker',
  kind: 'picker',
  requests_total: requests,
  requests_failed_total: failed,
  input_tokens_total: input,
  output_tokens_total: output,
  duration_seconds_sum: seconds,
  duration_seconds_count: requests,
  ttft_seconds_sum: seconds,
  ttft_seconds_count: requests,
})

// Read off the files: m10 has the targets t10 and t11, m20 has t20; p1 is the pool.
const ofPickers = {
  m10: sums('m10', 2 + 1, 2 + 1, 30 + 30, 300 + 300, 1.61 + 0.06),
  m20: sums('m20', 1, 1, 40, 400, 0.12),
  p1: {
    pool: 'p1',
    product: 'endpoint-picker',
    kind: 'picker',
    endpoint_queue_mean: 0.4,
    endpoint_running_mean: 0.5,
    endpoint_kv_cache_use_ratio: 0.3,
  },
  m1: { pool: 'blue', model: 'm1', product: 'endpoint-picker', kind: 'picker', running: 1 },
  m2: { pool: 'blue', model: 'm2', product: 'endpoint-picker', kind: 'picker', running: 1 },
}

suite('endpoint pickers', () => {
  for (const [file, what] of [
    ['picker_gie_1_5.prom.gz', 'that of the Gateway API Inference Extension 1.5'],
    ['picker_llm_d.prom.gz', 'the llm-d router'],
    ['picker_llm_d_both_names.prom.gz', 'the llm-d router with the old names beside the new: nothing counts twice'],
  ]) {
    test(`${what}`, () => {
      const read = scrape(file as string)
      assert.equal(read.product, 'endpoint-picker')
      assert.deepEqual([read.samples, read.gpus], [[], []])
      const byName = Object.fromEntries(read.gateways.map(one => [one.model || one.pool, facts(one)]))
      assert.deepEqual(byName, ofPickers)
      // The published files repeat some series, and where they are joined a line end is missing.
      for (const error of read.errors) assert.match(error.message, /stood above already|expected a number at character/)
    })
  }

  test('saturation by stage; that of the whole pool where there are no stages', () => {
    const name = 'flow_control_pool_saturation'
    const stages = [0.4, 1.7, 1.7].map(
      (value, index) => `llm_d_epp_${name}{inference_pool="p",stage="${['prefill', 'decode', 'effective'][index]}"} ${value}`,
    )
    const old = `inference_extension_${name}{inference_pool="p"} 1.7`
    const saturation = { saturation_ratio: 1.7, saturation_prefill_ratio: 0.4, saturation_decode_ratio: 1.7 }
    const identity = { pool: 'p', product: 'endpoint-picker', kind: 'picker' }
    assert.deepEqual(gatewayFacts([...stages, old].join('\n')), [{ ...identity, ...saturation }])
    assert.deepEqual(gatewayFacts(old), [{ ...identity, saturation_ratio: 1.7 }])
  })

  test('what was turned away or dropped from the queue is counted, what was dispatched is not', () => {
    const text = Object.entries({ Dispatched: 90, RejectedCapacity: 4, EvictedTTL: 2 })
      .map(([outcome, count]) => `llm_d_epp_flow_control_requests_total{inference_pool="p",priority="0",outcome="${outcome}"} ${count}`)
      .join('\n')
    const queue =
      'llm_d_epp_flow_control_queue_size{inference_pool="p",priority="0"} ' +
      '3\nllm_d_epp_flow_control_queue_size{inference_pool="p",priority="1"} 4\n'
    const [one] = scrape(`${text}\n${queue}`).gateways
    assert.deepEqual([one?.requests_rejected_total, one?.queued], [6, 7])
    assert.equal(scrape(text.split('\n')[0] as string).gateways[0]?.requests_rejected_total, 0)
  })
})

suite('gateways’ own metrics', () => {
  test('Higress: milliseconds are seconds, and a model without streams has no time to first token', () => {
    assert.deepEqual(gatewayFacts('higress_metrics_doc.prom'), [
      {
        pool: 'blue',
        model: 'qwen-turbo',
        provider: 'outbound|443||llm-aliyun.internal.dns',
        product: 'higress',
        kind: 'gateway',
        requests_total: 2,
        input_tokens_total: 24,
        output_tokens_total: 507,
        duration_seconds_sum: 6.47,
        duration_seconds_count: 2,
        ttft_seconds_sum: 0.34,
        ttft_seconds_count: 1,
      },
      {
        pool: 'blue',
        model: 'qwen-max',
        provider: 'qwen',
        product: 'higress',
        kind: 'gateway',
        requests_total: 1,
        input_tokens_total: 343,
        output_tokens_total: 153,
        duration_seconds_sum: 3.725,
        duration_seconds_count: 1,
      },
    ])
  })

  test('Kong: total tokens are not a third kind, and its documentation’s malformed lines are reported', () => {
    const read = scrape('kong_prometheus_doc.prom')
    const tokens = { input_tokens_total: 1000, output_tokens_total: 2000 }
    assert.deepEqual(read.gateways.map(facts), [
      { pool: 'blue', model: 'model1', provider: 'provider1', product: 'kong', kind: 'gateway', ...tokens },
    ])
    assert.deepEqual([read.product, read.errors.length, read.unknownSeries], ['kong', 10, 0])
    const prefixed = scrape('kong_ai_llm_requests_total{ai_provider="openai",ai_model="gpt-4o"} 7\n').gateways
    assert.deepEqual([prefixed[0]?.requests_total, prefixed[0]?.provider], [7, 'openai'])
  })

  test('Envoy AI Gateway: parts of the input are kept apart, failed attempts are those with an error type', () => {
    const usage = (type: string, tokens: number) =>
      `gen_ai_client_token_usage_sum{gen_ai_provider_name="openai",gen_ai_request_model="gpt-4o",gen_ai_token_type="${type}"} ${tokens}`
    const duration = (labels: string, count: number) =>
      `gen_ai_server_request_duration_seconds_count{gen_ai_provider_name="openai",gen_ai_request_model="gpt-4o"${labels}} ${count}`
    const text = [usage('input', 1200), usage('cached_input', 800), usage('output', 210), usage('reasoning', 64), duration('', 9)]
    const identity = { pool: 'blue', model: 'gpt-4o', provider: 'openai', product: 'envoy-ai-gateway', kind: 'gateway' }
    const tokens = { input_tokens_total: 1200, cached_input_tokens_total: 800, output_tokens_total: 210, reasoning_tokens_total: 64 }
    assert.deepEqual(gatewayFacts([...text, duration(',error_type="_OTHER"', 2)].join('\n')), [
      { ...identity, attempts_total: 11, attempts_failed_total: 2, ...tokens, duration_seconds_count: 11 },
    ])
    assert.equal(scrape(duration('', 9)).gateways[0]?.attempts_failed_total, 0)
  })

  test('agentgateway: the same names with its prefix, not taken for Envoy’s', () => {
    const text =
      'agentgateway_gen_ai_client_token_usage_sum{gen_ai_system="anthropic",gen_ai_request_model="opus",' +
      'gen_ai_token_type="input_cache_read"} ' +
      '30\nagentgateway_requests_total{status="200"} 90\n'
    assert.deepEqual(gatewayFacts(text), [
      { pool: 'blue', model: 'opus', provider: 'anthropic', product: 'agentgateway', kind: 'gateway', cached_input_tokens_total: 30 },
    ])
  })

  test('LiteLLM: requests of the proxy and attempts at deployments are two things', () => {
    const text = [
      'litellm_proxy_total_requests_metric_total{requested_model="gpt-4o",status_code="200",team="a"} 40',
      'litellm_proxy_total_requests_metric_total{requested_model="gpt-4o",status_code="500",team="b"} 2',
      'litellm_proxy_failed_requests_metric_total{requested_model="gpt-4o",exception_status="500"} 2',
      'litellm_deployment_total_requests_total{requested_model="gpt-4o",api_provider="azure"} 47',
      'litellm_deployment_failure_responses_total{requested_model="gpt-4o",api_provider="azure"} 7',
      'litellm_total_tokens_metric_total{requested_model="gpt-4o"} 99',
    ]
    const identity = { pool: 'blue', model: 'gpt-4o', product: 'litellm', kind: 'gateway' }
    assert.deepEqual(gatewayFacts(text.join('\n')), [
      { ...identity, requests_total: 42, requests_failed_total: 2 },
      { ...identity, provider: 'azure', attempts_total: 47, attempts_failed_total: 7 },
    ])
  })

  test('what every OpenTelemetry exporter shows is no gateway', () => {
    const read = scrape('target_info{service_name="shop"} 1\nshop_orders_total 4\n')
    assert.deepEqual([read.product, read.unknownSeries], [undefined, 1])
  })

  test('a gateway of which only other series are there is known, without a reading', () => {
    const read = scrape('kong_ai_mcp_error_total{service="s"} 3\n')
    assert.deepEqual([read.product, read.gateways, read.unknownSeries], ['kong', [], 0])
  })
})

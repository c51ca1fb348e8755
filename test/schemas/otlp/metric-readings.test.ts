import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { prometheusName } from '../../../schemas/otlp/metric-name.ts'
import { metricReadings } from '../../../schemas/otlp/metric-readings.ts'
import { jsonOf } from '../../fixtures/wire.ts'

const AT_MS = 1_780_315_200_123

suite('OTLP metrics as Prometheus’ series', () => {
  test('every kind of metric gives the series that a scrape would have given', () => {
    const { readings, deltaPoints, gaps } = metricReadings(jsonOf('metrics'))
    const target = { job: 'vllm', instance: '10.0.0.7:8000' }
    const found = readings.map(({ name, labels, value, atMs }) => [name, Object.fromEntries(labels), value, atMs])
    const llama = { ...target, model_name: 'llama' }
    assert.deepEqual(found, [
      ['vllm:num_requests_running', llama, 3, AT_MS],
      ['vllm:num_requests_running', { ...target, model_name: 'qwen' }, 4, AT_MS],
      ['vllm:num_requests_running', { ...target, model_name: 'inf' }, Number.NEGATIVE_INFINITY, AT_MS],
      ['vllm:prompt_tokens_total', llama, 12345, AT_MS],
      ['vllm:time_to_first_token_seconds_count', llama, 6, AT_MS],
      ['vllm:time_to_first_token_seconds_sum', llama, 2.5, AT_MS],
      ['vllm:time_to_first_token_seconds_bucket', { ...llama, le: '0.1' }, 1, AT_MS],
      ['vllm:time_to_first_token_seconds_bucket', { ...llama, le: '1' }, 3, AT_MS],
      ['vllm:time_to_first_token_seconds_bucket', { ...llama, le: '+Inf' }, 6, AT_MS],
      ['gen_ai_server_request_duration_seconds_count', target, 10, AT_MS],
      ['gen_ai_server_request_duration_seconds_sum', target, 20.5, AT_MS],
      ['rpc_duration_count', target, 9, AT_MS],
      ['rpc_duration_sum', target, 81, AT_MS],
      ['rpc_duration', { ...target, quantile: '0.5' }, 8, AT_MS],
    ])
    // One point says that it has no value, one is NaN; the delta sum has one point.
    assert.deepEqual([gaps, deltaPoints], [2, 1])
  })

  test('names follow the specification’s rules', () => {
    const plain = { unit: '', isMonotonicSum: false, isGauge: false }
    const names: readonly [string, Partial<typeof plain>, string][] = [
      ['gen_ai.client.token.usage', { unit: '{token}' }, 'gen_ai_client_token_usage'],
      ['gen_ai.client.operation.duration', { unit: 's' }, 'gen_ai_client_operation_duration_seconds'],
      ['http.client.request.body.size', { unit: 'By' }, 'http_client_request_body_size_bytes'],
      ['vllm:prompt_tokens_total', { isMonotonicSum: true }, 'vllm:prompt_tokens_total'],
      ['vllm:prompt_tokens', { isMonotonicSum: true }, 'vllm:prompt_tokens_total'],
      ['time_seconds_total', { unit: 's', isMonotonicSum: true }, 'time_seconds_total'],
      ['system.cpu.utilization', { unit: '1', isGauge: true }, 'system_cpu_utilization_ratio'],
      ['requests', { unit: '1', isMonotonicSum: true }, 'requests_total'],
      ['9 lives -- left', {}, '_9_lives_left'],
    ]
    for (const [name, facts, expected] of names) assert.equal(prometheusName(name, { ...plain, ...facts }), expected)
  })

  test('a target without an instance is named by its address and port, and the region by its cloud’s', () => {
    const attribute = (key: string, value: string | number) => ({
      key,
      value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
    })
    const attributes = [
      attribute('service.namespace', 'ai'),
      attribute('service.name', 'vllm'),
      attribute('server.address', '10.0.0.9'),
      attribute('server.port', 8000),
      attribute('cloud.region', 'eu-1'),
      attribute('pool', 'gpu-a'),
      attribute('host.name', 'left out'),
    ]
    const metrics = [{ name: 'x', gauge: { dataPoints: [{ timeUnixNano: '1000000', asInt: '-5' }] } }]
    const [reading] = metricReadings({ resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics }] }] }).readings
    assert.deepEqual(Object.fromEntries(reading?.labels ?? []), {
      job: 'ai/vllm',
      instance: '10.0.0.9:8000',
      pool: 'gpu-a',
      region: 'eu-1',
    })
    assert.deepEqual([reading?.value, reading?.atMs], [-5, 1])
  })
})

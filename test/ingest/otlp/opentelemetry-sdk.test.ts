import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtoLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtoMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC } from '../../../schemas/topics.ts'
import { acceptAnyTime } from '../../../services/worker/decode/accept-time.ts'
import { buildDecoder } from '../../../services/worker/decode/decode-message.ts'
import { openMessage } from '../../../services/worker/decode/open-message.ts'
import { buildHarness, type Harness } from '../harness.ts'

const resource = resourceFromAttributes({ 'service.name': 'vllm', 'service.instance.id': '10.0.0.7:8000', pool: 'gpu-a' })
const encodings = [
  { name: 'http/protobuf', Log: ProtoLogExporter, Trace: ProtoTraceExporter, Metric: ProtoMetricExporter },
  { name: 'http/json', Log: JsonLogExporter, Trace: JsonTraceExporter, Metric: JsonMetricExporter },
] as const

async function listen(t: TestContext): Promise<{ harness: Harness; address: string }> {
  const harness = buildHarness(t)
  harness.clock.nowMs = Date.now()
  return { harness, address: await harness.app.listen({ host: '127.0.0.1', port: 0 }) }
}

type Attribute = { key: string; value: Record<string, unknown> }
const attributesOf = (list: Attribute[]) => Object.fromEntries(list.map(({ key, value }) => [key, value]))

for (const { name, Log, Trace, Metric } of encodings) {
  test(`the OpenTelemetry SDK’s log exporter (${name}) delivers its records`, async t => {
    const { harness, address } = await listen(t)
    const provider = new LoggerProvider({
      resource,
      processors: [new SimpleLogRecordProcessor({ exporter: new Log({ url: `${address}/otlp/v1/logs` }) })],
    })
    provider.getLogger('als', '1.0').emit({
      body: 'ünï',
      severityText: 'INFO',
      attributes: { response_code: '200', tokens: 2 ** 40, ratio: 0.5, ok: true, list: ['a', 1] },
    })
    await provider.shutdown()
    const [record, ...others] = harness.eventLog.recordsOf(ACCESS_LOG_TOPIC).flatMap(message => openMessage(message, 64 * 1024))
    assert.deepEqual(others, [])
    assert.ok(record)
    const {
      resourceLogs: [group],
    } = record.value as {
      resourceLogs: {
        resource: { attributes: Attribute[] }
        scopeLogs: { scope: unknown; logRecords: { body: unknown; attributes: Attribute[] }[] }[]
      }[]
    }
    assert.deepEqual(attributesOf(group?.resource.attributes ?? [])['service.instance.id'], { stringValue: '10.0.0.7:8000' })
    assert.deepEqual(group?.scopeLogs[0]?.scope, { name: 'als', version: '1.0' })
    const [log] = group?.scopeLogs[0]?.logRecords ?? []
    assert.deepEqual(log?.body, { stringValue: 'ünï' })
    assert.deepEqual(attributesOf(log?.attributes ?? []), {
      response_code: { stringValue: '200' },
      tokens: { intValue: '1099511627776' },
      ratio: { doubleValue: 0.5 },
      ok: { boolValue: true },
      list: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }] } },
    })
  })

  test(`the OpenTelemetry SDK’s span exporter (${name}) delivers its spans with their identities`, async t => {
    const { harness, address } = await listen(t)
    const provider = new BasicTracerProvider({
      resource,
      spanProcessors: [new SimpleSpanProcessor(new Trace({ url: `${address}/v1/traces` }))],
    })
    const span = provider
      .getTracer('openai')
      .startSpan('chat gpt', { attributes: { 'gen_ai.usage.input_tokens': 12 }, startTime: 1_780_315_200_123 })
    span.end(1_780_315_201_000)
    await provider.shutdown()
    const [record] = harness.eventLog.recordsOf(ACCESS_LOG_TOPIC).flatMap(message => openMessage(message, 64 * 1024))
    assert.ok(record)
    const {
      resourceSpans: [group],
    } = record.value as { resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[] }
    const [found] = group?.scopeSpans[0]?.spans ?? []
    const { traceId, spanId } = span.spanContext()
    assert.deepEqual(
      [found?.['traceId'], found?.['spanId'], found?.['name'], found?.['startTimeUnixNano'], found?.['endTimeUnixNano']],
      [traceId, spanId, 'chat gpt', '1780315200123000000', '1780315201000000000'],
    )
    assert.deepEqual(attributesOf(found?.['attributes'] as Attribute[]), { 'gen_ai.usage.input_tokens': { intValue: '12' } })
  })

  test(`the OpenTelemetry SDK’s metric exporter (${name}) delivers every kind of metric, down to an engine’s sample`, async t => {
    const { harness, address } = await listen(t)
    const reader = new PeriodicExportingMetricReader({
      exporter: new Metric({ url: `${address}/otlp/v1/metrics` }),
      exportIntervalMillis: 60_000,
    })
    const views = [{ instrumentName: 'exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const }]
    const provider = new MeterProvider({ resource, readers: [reader], views })
    const meter = provider.getMeter('engine')
    const labels = { model_name: 'llama' }
    meter.createObservableGauge('vllm:num_requests_running').addCallback(result => result.observe(3, labels))
    meter.createCounter('vllm:prompt_tokens', { unit: '{token}' }).add(42, labels)
    meter.createUpDownCounter('vllm:num_requests_waiting').add(5, labels)
    const ttft = meter.createHistogram('vllm:time_to_first_token', { unit: 's' })
    ttft.record(0.25, labels)
    ttft.record(0.5, labels)
    meter.createHistogram('exponential').record(1, labels)
    await provider.forceFlush()
    await provider.shutdown()
    assert.equal(await harness.metric('ingest_samples_total{outcome="rejected",service="ingest"}'), 0)
    const [message] = harness.eventLog.recordsOf(ENGINE_METRICS_TOPIC)
    assert.ok(message)
    const decode = buildDecoder({ logEpoch: 'epoch', maxLineBytes: 64 * 1024, acceptTime: () => acceptAnyTime })
    const { samples, deadLetters } = decode(message)
    assert.deepEqual(deadLetters, [])
    assert.deepEqual(
      samples.map(row => [
        row.pool,
        row.endpoint,
        row.model,
        row.running,
        row.waiting,
        row.input_tokens_total,
        row.ttft_seconds_sum,
        row.ttft_seconds_count,
      ]),
      [['gpu-a', '10.0.0.7:8000', 'llama', 3, 5, 42, 0.75, 2]],
    )
    assert.ok(Math.abs((samples[0]?.sampled_at ?? 0) - harness.clock.nowMs) < 60_000)
  })
}

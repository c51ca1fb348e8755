import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { acceptTimeAt } from '../../../services/worker/decode/accept-time.ts'
import { buildDecoder } from '../../../services/worker/decode/decode-message.ts'
import { decodeReadings } from '../../../services/worker/decode/decode-readings.ts'
import { jsonOf, protobufOf } from '../../fixtures/wire.ts'
import { anyTime, metricsRecord, TAKEN_AT } from '../records.ts'

const AT_MS = 1_780_315_200_123
const decode = (value: string | Uint8Array, headers: Record<string, string> = {}) => decodeReadings(metricsRecord(value, headers), anyTime)

const sample = (name: string, value: string, labels: Record<string, string> = {}) =>
  JSON.stringify({
    timestamp: '2026-11-23T17:29:00Z',
    value,
    name,
    labels: { __name__: name, job: 'vllm', instance: 'h:8000', model_name: 'llama', ...labels },
  })

suite('engine metrics that come as single values', () => {
  for (const [name, value] of [
    ['otlp_proto', protobufOf('metrics')],
    ['otlp_json', JSON.stringify(jsonOf('metrics'))],
  ] as const) {
    test(`${name} without headers: a row for each model at the time of its points; delta points are one dead letter`, () => {
      const decoded = decode(value)
      const facts = decoded?.samples.map(row => [row.pool, row.model, row.endpoint, row.engine, row.sampled_at, row.row_no, row.running])
      assert.deepEqual(facts?.slice(0, 2), [
        ['llama', 'llama', '10.0.0.7:8000', 'vllm', AT_MS, 0, 3],
        ['qwen', 'qwen', '10.0.0.7:8000', 'vllm', AT_MS, 1, 4],
      ])
      const [llama] = decoded?.samples ?? []
      assert.deepEqual(
        [llama?.input_tokens_total, llama?.ttft_seconds_sum, llama?.ttft_seconds_count, llama?.waiting],
        [12345, 2.5, 6, null],
      )
      assert.equal(llama?.window_start, Date.UTC(2026, 5, 1, 12))
      assert.deepEqual(
        decoded?.deadLetters.map(({ code, message }) => [code, message]),
        [['LINE_FIELD_INVALID', '1 data points have delta temporality, which cannot be read: report cumulative values.']],
      )
      assert.equal(decoded?.lines, 2)
    })
  }

  test('samples of prometheus-kafka-adapter are read, one or several a message', () => {
    const one = decode(sample('vllm:num_requests_running', '3'))
    assert.deepEqual([one?.samples.length, one?.samples[0]?.running, one?.samples[0]?.pool, one?.lines], [1, 3, 'llama', 1])
    const several = decode([sample('vllm:num_requests_running', '3'), sample('vllm:num_requests_waiting', '5', { pool: 'p' })].join('\n'))
    assert.deepEqual(
      several?.samples.map(row => [row.pool, row.running, row.waiting, row.row_no]),
      [
        ['llama', 3, null, 0],
        ['p', null, 5, 1],
      ],
    )
  })

  test('a gap is never a zero: NaN gives no row, beside a value none of its own', () => {
    assert.deepEqual(
      [decode(sample('vllm:num_requests_running', 'NaN'))?.samples, decode(sample('vllm:num_requests_running', 'NaN'))?.lines],
      [[], 1],
    )
    const both = decode(`${sample('vllm:num_requests_running', 'NaN')}\n${sample('vllm:num_requests_waiting', '1')}`)
    assert.deepEqual([both?.samples[0]?.running, both?.samples[0]?.waiting], [null, 1])
  })

  test('values of nothing that Weir reads are a counted skip, not a dead letter', () => {
    const decoder = buildDecoder({ logEpoch: 'epoch', maxLineBytes: 10_000, acceptTime: () => anyTime })
    const { ledger, deadLetters } = decoder(metricsRecord(sample('node_load1', '0.5'), {}))
    assert.deepEqual(deadLetters, [])
    assert.deepEqual([ledger.lines, ledger.accepted_lines, ledger.skipped_lines, ledger.skip_reasons], [1, 0, 1, { no_reading: 1 }])
  })

  test('two values for one series and time: the first is kept and the second is told', () => {
    const decoded = decode(`${sample('vllm:num_requests_running', '3')}\n${sample('vllm:num_requests_running', '4')}`)
    assert.equal(decoded?.samples[0]?.running, 3)
    assert.match(decoded?.deadLetters[0]?.message ?? '', /1 series have two values/)
  })

  test('values out of the accepted time and samples that cannot be read are dead letters with their text', () => {
    const value = `${sample('vllm:num_requests_running', 'x')}\n${sample('vllm:num_requests_running', '1').replace('2026', '2020')}`
    const decoded = decodeReadings(metricsRecord(value, {}), { ...anyTime, ...acceptTimeAt(TAKEN_AT) })
    assert.deepEqual(
      decoded?.deadLetters.map(({ code, line_no }) => [code, line_no]),
      [
        ['LINE_FIELD_INVALID', 0],
        ['LINE_TIME_OUT_OF_RANGE', 1],
      ],
    )
    assert.deepEqual(JSON.parse(decoded?.deadLetters[0]?.line ?? ''), JSON.parse(sample('vllm:num_requests_running', 'x')))
    assert.match(decoded?.deadLetters[1]?.line ?? '', /^vllm:num_requests_running\{.*\} 1 \d+\n$/)
    assert.equal(decoded?.lines, 2)
  })

  test('very many samples that cannot be read are one dead letter, the message whole; a hundred are one each', () => {
    const text = (bad: number) => [sample('vllm:num_requests_running', '3'), ...Array(bad).fill('{broken')].join('\n')
    assert.deepEqual([decode(text(100))?.deadLetters.length, decode(text(100))?.lines], [100, 101])
    const decoded = decode(text(101))
    assert.deepEqual([decoded?.samples.length, decoded?.deadLetters.length, decoded?.lines], [1, 1, 2])
    const [letter] = decoded?.deadLetters ?? []
    assert.equal(Buffer.from(letter?.line ?? '', letter?.encoding).toString(), text(101))
    assert.match(letter?.message ?? '', /It is the first of 101 faults of the message\.$/)
  })

  test('expositions and Ollama’s list of models are left to their own reader', () => {
    for (const value of ['vllm:num_requests_running 1\n', '{"models":[]}', '', '\n', '\n\n# HELP x y\n'])
      assert.equal(decode(value), undefined, value)
  })

  test('no bytes break it, and the same bytes give the same', () => {
    const values = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map(text => Buffer.from(text)),
      fc
        .tuple(fc.nat(protobufOf('metrics').length - 1), fc.nat(255))
        .map(([at, byte]) => Buffer.from(protobufOf('metrics')).fill(byte, at, at + 1)),
    )
    fc.assert(fc.property(values, value => assert.deepEqual(decode(value), decode(value))))
  })
})

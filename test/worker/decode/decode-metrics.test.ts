import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { acceptTimeAt } from '../../../services/worker/decode/accept-time.ts'
import { decodeEngineMetrics } from '../../../services/worker/decode/decode-metrics.ts'
import { sample } from '../../fixtures/samples.ts'
import { anyTime, metricsRecord, TAKEN_AT } from '../records.ts'

suite('engine-metrics messages', () => {
  test('an exposition is one line with a row per engine, at the time of its scrape', () => {
    const headers = { pool: 'qwen', endpoint: '10.8.1.12:8000', region: 'eu-1', 'scraped-at-ms': String(TAKEN_AT - 1500) }
    const { samples, deadLetters, lines } = decodeEngineMetrics(metricsRecord(sample('vllm_v1_scrape_t0.prom.gz'), headers), anyTime)
    assert.deepEqual([samples.length, deadLetters.length, lines], [2, 0, 1])
    const [first, second] = samples
    assert.deepEqual(
      [
        first?.pool,
        first?.endpoint,
        first?.region,
        first?.sampled_at,
        first?.window_start,
        first?.received_at,
        first?.offset,
        first?.row_no,
      ],
      ['qwen', '10.8.1.12:8000', 'eu-1', TAKEN_AT - 1500, Date.parse('2026-11-23T17:29:00Z'), TAKEN_AT, 41, 0],
    )
    assert.deepEqual([second?.row_no, second?.running], [1, 9])
  })

  test('without a time of its own it was read when the log took it', () => {
    const { samples } = decodeEngineMetrics(metricsRecord('vllm:num_requests_running 1\n'), anyTime)
    assert.equal(samples[0]?.sampled_at, TAKEN_AT)
  })

  test('lines that are refused for one reason are one dead letter with all of them, however often a series is repeated', () => {
    const series = 'vllm:num_requests_running{model_name="m"}'
    const repeated = Array.from({ length: 300 }, (_, index) => `${series} ${index}`)
    const text = ['{broken', ...repeated, 'vllm:num_requests_waiting{model_name="m"'].join('\n')
    const { samples, deadLetters, lines } = decodeEngineMetrics(metricsRecord(`${series} 7\n${text}`), anyTime)
    assert.equal(samples[0]?.running, 7)
    assert.equal(lines, 1 + deadLetters.length)
    const letter = deadLetters.find(({ line_no }) => line_no === 2)
    assert.equal(letter?.line, repeated.join('\n'))
    assert.match(letter?.message ?? '', /^Line 3: .* 299 more of its lines are refused, for the same reason\.$/)
    assert.deepEqual(deadLetters.flatMap(({ line }) => line.split('\n')).sort(), text.split('\n').sort(), 'each is kept once')
  })

  test('an exposition with refused lines of very many kinds is one dead letter with all of them', () => {
    const broken = Array.from({ length: 2_000 }, (_, index) => `# TYPE a${index} kind-${index}`)
    const { samples, deadLetters } = decodeEngineMetrics(metricsRecord(['vllm:num_requests_running 7', ...broken].join('\n')), anyTime)
    assert.deepEqual([samples.length, deadLetters.length, deadLetters[0]?.line], [1, 1, broken.join('\n')])
    assert.match(deadLetters[0]?.message ?? '', /1999 more of its lines are refused, for 2000 reasons in all\.$/)
  })

  test('an unreadable line is a dead letter with its number, and the rest is read', () => {
    const { samples, deadLetters, lines } = decodeEngineMetrics(
      metricsRecord('vllm:num_requests_running 1\nbroken{ 2\nvllm:num_requests_waiting 3\n'),
      anyTime,
    )
    assert.deepEqual([samples.length, samples[0]?.running, samples[0]?.waiting, lines], [1, 1, 3, 2])
    assert.deepEqual(
      deadLetters.map(letter => [letter.code, letter.line_no, letter.line]),
      [['SCRAPE_NOT_READABLE', 1, 'broken{ 2']],
    )
  })

  test('GPUs and gateways are rows of their own kinds, each kind numbered from zero', () => {
    const dcgm = decodeEngineMetrics(metricsRecord(sample('dcgm_h200.prom')), anyTime)
    assert.deepEqual([dcgm.samples.length, dcgm.gatewaySamples.length, dcgm.lines, dcgm.product], [0, 0, 1, 'dcgm'])
    assert.deepEqual(
      dcgm.gpuSamples.map(row => [row.row_no, row.offset, row.window_start, row.pod]),
      [0, 1].map(index => [index, 41, TAKEN_AT, `vllm-${index}`]),
    )
    const triton = decodeEngineMetrics(metricsRecord(sample('triton_capture.prom.gz')), anyTime)
    assert.deepEqual([triton.samples.length, triton.gpuSamples.map(row => row.row_no), triton.lines], [8, [0], 1])
    const higress = decodeEngineMetrics(metricsRecord(sample('higress_metrics_doc.prom')), anyTime)
    assert.deepEqual(
      higress.gatewaySamples.map(row => [row.row_no, row.model, row.requests_total]),
      [
        [0, 'qwen-turbo', 2],
        [1, 'qwen-max', 1],
      ],
    )
  })

  for (const [name, text, product] of [
    ['an exporter without a reading that is kept', sample('dcgm_readme_excerpt.prom').toString('utf8'), 'dcgm'],
    ['an engine that has not counted yet', 'vllm:num_requests_running NaN\n', 'vllm'],
    ['an Ollama without a model', '{"models":[]}', 'ollama'],
  ] as const) {
    test(`${name} is skipped with that reason: nothing is wrong with it`, () => {
      const decoded = decodeEngineMetrics(metricsRecord(text), anyTime)
      assert.deepEqual([decoded.skip, decoded.product, decoded.lines, decoded.deadLetters], ['no_reading', product, 1, []])
      assert.deepEqual([decoded.samples, decoded.gpuSamples, decoded.gatewaySamples], [[], [], []])
    })
  }

  test('a server that names more models than rows can be numbered is refused whole', () => {
    const text = Array.from({ length: 65_537 }, (_, model) => `vllm:num_requests_running{model_name="${model}"} 1`).join('\n')
    const { samples, deadLetters } = decodeEngineMetrics(metricsRecord(text), anyTime)
    assert.deepEqual([samples, deadLetters.length, deadLetters[0]?.code], [[], 1, 'LINE_FIELD_INVALID'])
    assert.match(deadLetters[0]?.message ?? '', /65537 samples of one kind; at most 65536/)
  })

  const whole: [string, string | Uint8Array, Record<string, string>, string, RegExp][] = [
    ['a page of HTML', '<html>\n<body>\nnot found\n</html>\n', { pool: 'p' }, 'SCRAPE_NOT_READABLE', /Line 1/],
    ['an unknown engine', 'node_load1 0.3\n', { pool: 'p' }, 'SCRAPE_ENGINE_UNKNOWN', /None of the 1 series/],
    ['JSON of another kind', '{"total_slots":4}', { pool: 'p' }, 'SCRAPE_NOT_READABLE', /Line 1: the text is JSON/],
    ['nothing', '', { pool: 'p' }, 'SCRAPE_ENGINE_UNKNOWN', /None of the 0 series/],
    ['no pool', 'vllm:num_requests_running 1\n', {}, 'LINE_FIELD_MISSING', /header pool/],
    [
      'a time that is none',
      'vllm:num_requests_running 1\n',
      { pool: 'p', 'scraped-at-ms': 'now' },
      'LINE_FIELD_INVALID',
      /scraped-at-ms is "now"/,
    ],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0x0a]), { pool: 'p' }, 'LINE_NOT_UTF8', /not UTF-8/],
    ['a time long past', 'vllm:num_requests_running 1\n', { pool: 'p', 'scraped-at-ms': '5' }, 'LINE_TIME_OUT_OF_RANGE', /1970-01-01/],
  ]
  for (const [name, value, headers, code, message] of whole) {
    test(`${name} is one dead letter, whole`, () => {
      const { samples, deadLetters, lines } = decodeEngineMetrics(metricsRecord(value, headers), { ...anyTime, ...acceptTimeAt(TAKEN_AT) })
      assert.deepEqual([samples.length, deadLetters.length, lines], [0, 1, 1])
      assert.equal(deadLetters[0]?.code, code)
      assert.match(deadLetters[0]?.message ?? '', message)
      const kept = Buffer.from(deadLetters[0]?.line ?? '', deadLetters[0]?.encoding)
      assert.deepEqual(kept, Buffer.from(value))
    })
  }

  test('no bytes break it, and the same bytes give the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        const record = metricsRecord(Buffer.concat([Buffer.from('vllm:num_requests_running 1\n'), bytes]))
        assert.deepEqual(decodeEngineMetrics(record, anyTime), decodeEngineMetrics(record, anyTime))
      }),
    )
  })
})

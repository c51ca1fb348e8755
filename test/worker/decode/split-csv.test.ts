import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { decodeAccessLog } from '../../../services/worker/decode/decode-lines.ts'
import { isCsvHeader, splitCsv } from '../../../services/worker/decode/split-csv.ts'
import { accessRecord, anyTime } from '../records.ts'

const columns = [
  'request_id',
  'call_type',
  'spend',
  'startTime',
  'endTime',
  'model',
  'custom_llm_provider',
  'metadata',
  'prompt_tokens',
  'team_id',
]
const row = (id: string, metadata = '{}') => [
  id,
  'acompletion',
  '0.5',
  '2026-11-20 10:00:00.248',
  '2026-11-20 10:00:01',
  'gpt-5',
  'openai',
  metadata,
  '7',
  'acme',
]
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const table = (rows: readonly string[][], delimiter = ',', lineEnd = '\n') =>
  [columns.join(delimiter), ...rows.map(cells => cells.map(quoted).join(delimiter))].join(lineEnd)
const decode = (text: string, config = anyTime) =>
  decodeAccessLog(accessRecord(text, { 'content-type': 'text/csv; charset=utf-8' }), config)

suite('tables with a header line', () => {
  for (const [delimiter, lineEnd] of [
    [',', '\n'],
    [';', '\r\n'],
    ['\t', '\n'],
  ] as const) {
    test(`rows between ${JSON.stringify(delimiter)} and ${JSON.stringify(lineEnd)} are lines of the dialect that has the columns`, () => {
      const { rows, deadLetters } = decode(`\uFEFF${table([row('r0'), row('r1', '{"a": "x,\\n;y"}')], delimiter, lineEnd)}${lineEnd}`)
      assert.deepEqual(
        rows.map(({ request_id, dialect, tenant_id, input_tokens, reported_cost }) => [
          request_id,
          dialect,
          tenant_id,
          input_tokens,
          reported_cost,
        ]),
        ['r0', 'r1'].map(id => [id, 'litellm-spend-logs', 'acme', 7, '0.5']),
      )
      assert.deepEqual(deadLetters, [])
    })
  }

  test('a cell over several lines moves the numbers of the lines behind it, as an editor counts', () => {
    const lines = splitCsv(accessRecord(table([row('a'), row('b', 'one\ntwo\n\nthree'), row('c')])), anyTime)
    assert.deepEqual(
      lines.map(line => line.textLine),
      [1, 2, 6],
    )
    assert.deepEqual(
      lines.map(line => (line.value as { metadata: string }).metadata),
      ['{}', 'one\ntwo\n\nthree', '{}'],
    )
  })

  test('columns of no dialect are one refusal that names them, and the whole is kept', () => {
    const text = 'date,host,verb,path,code\n2026-11-20,h,GET,/,200\n2026-11-20,h,GET,/,200\n'
    const { deadLetters, lines } = decode(text)
    assert.deepEqual([lines, deadLetters[0]?.code, deadLetters[0]?.line], [1, 'LINE_DIALECT_UNKNOWN', text])
    assert.match(deadLetters[0]?.message ?? '', /table \(CSV\) with the columns date,host,verb,path,code.*mapping file/)
  })

  test('a quote that never ends, a record beyond the limit, no header and bytes that are no text are refused', () => {
    const codes = (text: string, maxLineBytes = anyTime.maxLineBytes) =>
      decode(text, { ...anyTime, maxLineBytes }).deadLetters.map(letter => letter.code)
    assert.deepEqual(codes(`${table([row('a')])}\n"never ends`), ['LINE_NOT_JSON'])
    assert.deepEqual(codes(table([row('a'), row('b', 'x'.repeat(500)), row('c')]), 400), ['LINE_TOO_LONG'])
    assert.deepEqual(codes('{"a":1}\n'), ['LINE_NOT_JSON'])
    assert.deepEqual(
      splitCsv({ value: Buffer.from([0x61, 0xff]), headers: {} }, anyTime).map(line => line.fault?.code),
      ['LINE_NOT_UTF8'],
    )
  })

  test('a header is names of columns alone', () => {
    for (const header of [columns.join(','), columns.map(quoted).join(';'), `${columns.join('\t')}\r`])
      assert.ok(isCsvHeader(header), header)
    for (const line of [
      '{"a":1,"b":2,"c":3,"d":4,"e":5}',
      'INFO: a, b',
      'one,two,three,four',
      '',
      'a,b,c,d,5',
      '10.0.0.1 - - [x] "GET /, a, b, c"',
    ])
      assert.ok(!isCsvHeader(line), line)
  })

  test('every cell comes back, whatever is in it', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).filter(text => text.trim() === text)
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), cells => {
        const lines = splitCsv(accessRecord(table(cells.map(([metadata, team]) => [...row('a', metadata).slice(0, -1), team]))), anyTime)
        assert.deepEqual(
          lines.map(({ value }) => value as Record<string, string>).map(({ metadata, team_id }) => [metadata, team_id]),
          cells,
        )
      }),
      { numRuns: 200 },
    )
  })
})

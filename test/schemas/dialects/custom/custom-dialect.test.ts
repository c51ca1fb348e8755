import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { buildMappedDialect } from '../../../../schemas/dialects/custom/mapped-dialect.ts'
import { parseMapping } from '../../../../schemas/dialects/custom/mapping-file.ts'
import { readOwnDialects } from '../../../../schemas/dialects/custom/own-dialects.ts'
import { explainLine } from '../../../../schemas/dialects/explain.ts'
import { buildReader } from '../../../../schemas/dialects/field-table.ts'
import { readAttempts } from '../../../../schemas/dialects/read-attempts.ts'
import { recogniseDialect } from '../../../../schemas/dialects/registry.ts'
import { buildDecoder } from '../../../../services/worker/decode/decode-message.ts'

const FILE = 'test/fixtures/custom-dialect.yaml'
const line = {
  ts: '2026-11-20T10:00:00.5Z',
  who: { team: 'acme', user: 'u-1' },
  rid: 'r-1',
  took: 1.84,
  http: 200,
  ended: 'done',
  llm: { asked: 'gpt-4o', in: 400, in_cached: 800, out: 210, streamed: true },
  message: 'a word that shippers use as an envelope',
  prompt: 'secret',
}

suite('a log format that nobody has seen, described in a mapping file', () => {
  test('is recognised and read, with tokens in the inclusive convention', async () => {
    const own = await readOwnDialects([FILE])
    const [attempt] = readAttempts(recogniseDialect(line, '', own).reader, line, { source: 's', hasEscapes: false })
    assert.equal(attempt?.tenant_id, 'acme')
    assert.equal(attempt.started_at, Date.UTC(2026, 10, 20, 10, 0, 0, 500))
    assert.equal(attempt.duration_ms, 1840)
    assert.equal(attempt.response_model, 'gpt-4o')
    // The source leaves cached tokens out of its input: 400 + 800.
    assert.deepEqual(
      [attempt.input_tokens, attempt.cached_input_tokens, attempt.output_tokens, attempt.usage_quality],
      [1200, 800, 210, 'reported'],
    )
    assert.deepEqual([attempt.outcome, attempt.provider, attempt.gateway], ['ok', 'openai', 'towergate'])
    assert.doesNotMatch(attempt.extra, /secret/)
    assert.match(attempt.extra, /a word that shippers use/)
  })

  test('goes through the worker’s decoder whole, also where a field looks like a shipper’s envelope', async () => {
    const decode = buildDecoder({ logEpoch: 'e', maxLineBytes: 100_000, ownDialects: await readOwnDialects([FILE]) })
    const value = Buffer.from([line, { ...line, rid: 'r-2', ended: 'gone' }].map(each => JSON.stringify(each)).join('\n'))
    const record = {
      topic: 'weir.access-log.v1',
      partition: 0,
      offset: 0,
      timestampMs: Date.UTC(2026, 10, 20, 11),
      key: undefined,
      value,
      headers: {},
    }
    const { attempts, deadLetters } = decode(record)
    assert.deepEqual(deadLetters, [])
    assert.deepEqual(
      attempts.map(row => [row.dialect, row.request_id, row.outcome]),
      [
        ['towergate', 'r-1', 'ok'],
        ['towergate', 'r-2', 'cancelled'],
      ],
    )
  })

  test('is explained field by field with where each came from', async () => {
    const explained = explainLine(line, await readOwnDialects([FILE]))
    const from = Object.fromEntries(explained.fields.map(field => [field.field, field.from]))
    assert.equal(explained.dialect, 'towergate')
    assert.deepEqual(
      [from['tenant_id'], from['duration_ms'], from['input_tokens'], from['provider']],
      ['who/team', 'took', 'llm/in, by the token convention', 'worked out'],
    )
    assert.deepEqual([from['ended_at'], from['outcome'] ?? 'ok is the default'], ['worked out of took', 'ok is the default'])
    assert.ok(!explained.missing.includes('tenant_id'))
  })

  test('works from the command line with the file alone', () => {
    const directory = mkdtempSync(join(tmpdir(), 'weir-custom-'))
    try {
      const log = join(directory, 'log.ndjson')
      writeFileSync(log, `${JSON.stringify(line)}\n`)
      const run = (...options: string[]) =>
        spawnSync(process.execPath, ['services/cli/main.ts', 'report', '--dialect', FILE, ...options, log], { encoding: 'utf8' })
      assert.match(run('--explain').stdout, /line 1: towergate, because ts, who, llm stand in the line/)
      assert.match(
        run('--explain', FILE).stdout,
        /\nfile .*records {2}outcome\n[^\n]*\n.*custom-dialect\.yaml .*refused: Line 2.*\n.*log\.ndjson .*1 {2}read as towergate\n/,
      )
      const report = JSON.parse(run('--format', 'json').stdout) as { usage: Record<string, unknown>[] }
      // 400 × 0.0000025 + 800 × 0.00000125 + 210 × 0.00001 USD, prices of gpt-4o in schemas/prices.
      assert.deepEqual(
        report.usage.map(row => [row['tenant_id'], row['input_tokens'], row['list_cost']]),
        [['acme', 1200, '0.0041']],
      )
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})

test('durations may be told in any unit, and a cost only with its currency', () => {
  const text = (as: string) =>
    `name: mine\nrecognise: [t]\nfields: {tenant_id: t, request_id: r, started_at: s, duration_ms: {from: d, as: ${as}}}\n`
  const told: readonly [string, number][] = [
    ['s', 1.84],
    ['ms', 1840],
    ['us', 1_840_000],
    ['ns', 1_840_000_000],
  ]
  for (const [as, d] of told) {
    const reader = buildReader(buildMappedDialect(parseMapping(text(as), 'mine.yaml')))
    const [attempt] = readAttempts(reader, { t: 'acme', r: 'r-1', s: '2026-11-20T10:00:00Z', d }, { source: '', hasEscapes: false })
    assert.equal(attempt?.duration_ms, 1840, as)
  }
  const costly = text('ms').replace('{tenant_id', '{reported_cost: c, tenant_id')
  assert.throws(() => parseMapping(costly, 'mine.yaml'), /mine\.yaml:3: fields: reported_cost needs reported_currency/)
  assert.doesNotThrow(() => parseMapping(`${costly}constants: {reported_currency: EUR}\n`, 'mine.yaml'))
})

test('every fault of a mapping file is named with its line and what was expected', () => {
  const text =
    'name: Bad Name\nrecognise: []\nfields:\n  tenant_id: who\n  inputtokens: n\n  duration_ms: {from: d, as: hours}\ncolour: red\n'
  assert.throws(
    () => parseMapping(text, 'mine.yaml'),
    (error: Error & { code: string }) => {
      assert.equal(error.code, 'DIALECT_FILE_INVALID')
      for (const expected of [
        /mine\.yaml:1: name/,
        /mine\.yaml:2: recognise/,
        /mine\.yaml:5: "inputtokens"/,
        /mine\.yaml:6: duration_ms: "hours"/,
        /mine\.yaml:7: "colour"/,
        /request_id is needed/,
        /started_at is needed/,
      ])
        assert.match(error.message, expected)
      return true
    },
  )
  assert.throws(() => parseMapping('name: [\n', 'broken.yaml'), { code: 'DIALECT_FILE_INVALID' })
  assert.throws(() => parseMapping('', 'empty.yaml'), /empty\.yaml:1: expected a mapping/)
})

test('the page on custom dialects shows the example that the tests run', () => {
  const example = readFileSync(FILE, 'utf8').split('\n').slice(1).join('\n').trim()
  assert.ok(readFileSync('docs/custom-dialects.md', 'utf8').includes(example))
})

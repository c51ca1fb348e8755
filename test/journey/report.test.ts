/** `npm run report` over the sample files, compared with figures counted by hand from those files. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { sample } from '../fixtures/samples.ts'

const program = fileURLToPath(new URL('../../services/cli/main.ts', import.meta.url))
const samplePath = (name: string) => fileURLToPath(new URL(`../fixtures/samples/${name}`, import.meta.url))
const ENVOY = 'envoy_ai_gateway_access.jsonl'
const LITELLM = 'litellm_standard_logging_payloads.ndjson'
const KONG = 'kong_log_two_tries.json'
const directory = mkdtempSync(join(tmpdir(), 'weir-report-test-'))
after(() => rmSync(directory, { recursive: true, force: true }))

type Row = Record<string, unknown>
interface Report {
  generated_from: { file: string; size_bytes: number | null }[]
  completeness: Record<string, number>
  usage: Row[]
  saturation: Row[]
  resilience: Row[]
  charges: Row[]
  dead_letters: Row[]
}

const ENVOY_ROUTE = 'httproute/prod/chat/rule/0/match/0/*'
const CLAUDE_ON_BEDROCK = 'anthropic.claude-sonnet-4-5-20250929-v1:0'

/**
 * Counted by hand. Columns: tenant, route, model asked for, model that answered, upstream; requests, attempts with a line, attempts
 * reported, of them unseen; input, cached input, cache write, output, reasoning tokens; list cost in USD.
 *
 * Envoy, one line per request, `upstream_request_attempt_count` in brackets: a1 (1) and a2 (2) answered by the pool; a3 (2) answered by
 * Bedrock; a4 (3) failed, a6 (1) left by the client, a7 (1) timed out, a8 (1) 429 and a10 (1) answered without usage, all on the pool; a5
 * (0) and a9 (0) never sent. Every answered line has 1200 input tokens, 800 of them cached, and 210 output tokens.
 * pool with usage a1 a2: attempts 1 + 2 = 3, of which 1 unseen; 2 × 1200 = 2400, 2 × 800 = 1600, 2 × 210 = 420; the pool has no list
 * price
 *   pool without a4 a6 a7 a8 a10: 3 + 1 + 1 + 1 + 1 = 7, of which 2 unseen
 *   Bedrock a3: 2, of which 1 unseen; Claude Sonnet 4.5 at 3, 0.30 cached, 15 USD per million:
 *     400 × 0.000003 + 800 × 0.0000003 + 210 × 0.000015 = 0.0012 + 0.00024 + 0.00315 = 0.00459
 * LiteLLM, six records of one call. Five start together; one of them, the answer from its cache, has ended 0.338 s before the last one,
 * the fallback to Anthropic, starts. What starts after an answer has ended is a new request, so there are two. The first counts at OpenAI;
 * the second tells of one attempt before its fallback (attempted_fallbacks 1), of which it has no record: 2 attempts, 1 of them unseen.
 * OpenAI: success, 429 without tokens, stream; gpt-5-mini at 0.25, 0.025 cached, 2 USD per million; twice 1200, 800 cached, 210 with 64
 * reasoning:
 *     2 × (400 × 0.00000025 + 800 × 0.000000025 + 210 × 0.000002) = 2 × (0.0001 + 0.00002 + 0.00042) = 0.00108
 *   Anthropic: 1200 with 800 read from and 100 written to the cache; 3, 0.30, 3.75 and 15 USD per million:
 *     300 × 0.000003 + 800 × 0.0000003 + 100 × 0.00000375 + 210 × 0.000015 = 0.0009 + 0.00024 + 0.000375 + 0.00315 = 0.004665
 *   an answer from LiteLLM's cache and LiteLLM's own 429: no upstream attempt, no tokens that anybody charges
 * Kong, one line with two tries, so two rows: the first failed with 503, the second answered; gpt-4o at 2.50, 1.25 cached, 10 USD per
 * million:
 *     400 × 0.0000025 + 800 × 0.00000125 + 210 × 0.00001 = 0.001 + 0.001 + 0.0021 = 0.0041
 */
const usageByHand = [
  ['acme', 'chat', 'gpt-4o', '', 'openai', 0, 1, 1, 0, 0, 0, 0, 0, 0, '0'],
  ['acme', 'chat', 'gpt-4o', 'gpt-4o-2024-08-06', 'openai', 1, 1, 1, 0, 1200, 800, 0, 210, 64, '0.0041'],
  ['acme', ENVOY_ROUTE, 'qwen3-32b', '', '', 2, 2, 0, 0, 0, 0, 0, 0, 0, '0'],
  ['acme', ENVOY_ROUTE, 'qwen3-32b', '', 'prod/vllm-a', 5, 5, 7, 2, 0, 0, 0, 0, 0, '0'],
  ['acme', ENVOY_ROUTE, 'qwen3-32b', 'Qwen/Qwen3-32B', 'prod/vllm-a', 2, 2, 3, 1, 2400, 1600, 0, 420, 0, '0'],
  ['acme', ENVOY_ROUTE, 'qwen3-32b', CLAUDE_ON_BEDROCK, 'aws.bedrock', 1, 1, 2, 1, 1200, 800, 0, 210, 0, '0.00459'],
  ['team-acme', '/chat/completions', 'gpt-5-mini', '', '', 0, 1, 0, 0, 0, 0, 0, 0, 0, '0'],
  ['team-acme', '/chat/completions', 'gpt-5-mini', 'claude-sonnet-4-5', 'anthropic', 1, 1, 2, 1, 1200, 800, 100, 210, 0, '0.004665'],
  ['team-acme', '/chat/completions', 'gpt-5-mini', 'gpt-5-mini-2025-08-07', '', 0, 1, 0, 0, 0, 0, 0, 0, 0, '0'],
  ['team-acme', '/chat/completions', 'gpt-5-mini', 'gpt-5-mini-2025-08-07', 'openai', 1, 3, 3, 0, 2400, 1600, 0, 420, 128, '0.00108'],
]
/** Sum of exact decimal texts, in billionths. */
function decimalSum(rows: readonly Row[], column: string): bigint {
  return rows.reduce((sum, row) => {
    const [whole = '0', fraction = ''] = String(row[column]).split('.')
    return sum + BigInt(whole + fraction.padEnd(9, '0'))
  }, 0n)
}

const usageColumns = [
  ...['tenant_id', 'route', 'request_model', 'response_model', 'upstream'],
  ...['requests', 'attempts', 'attempts_reported', 'unseen_attempts'],
  ...['input_tokens', 'cached_input_tokens', 'cache_write_tokens', 'output_tokens', 'reasoning_tokens', 'list_cost'],
]

test('the three samples agree with the hand count: tenants, tokens by kind, cost, attempts and requests', async () => {
  const report = await reportOf(ENVOY, LITELLM, KONG)
  assert.deepEqual(
    report.usage.map(row => usageColumns.map(name => row[name])),
    usageByHand,
  )
  const { completeness } = report
  // Lines 10 + 6 + 1. Rows: one per line, and two for Kong's two tries. Requests 10 + 2 + 1. Unseen: a2 1, a3 1, a4 2, and the one
  // before LiteLLM's fallback.
  const counted = {
    lines: 17,
    attempts_rows: 18,
    requests: 13,
    attempts: 18,
    duplicates: 0,
    conflicts: 0,
    dead_letters: 0,
    unseen_attempts: 5,
  }
  assert.deepEqual({ ...completeness, ...counted }, completeness)
  // One answer from a cache: 1200 + 210 tokens that nobody charges.
  assert.equal(sumOf(report.usage, 'response_cache_hit_tokens'), 1410)
  // The pool's two answers have no price: 2 × (1200 + 210) tokens, told apart from free.
  assert.equal(sumOf(report.usage, 'unpriced_tokens'), 2820)
  // Charges say the same by kind: the sum of Bedrock, Kong, Anthropic and OpenAI above, and of the pool's tokens without a price.
  assert.equal(decimalSum(report.charges, 'list_cost'), 4_590_000n + 4_100_000n + 4_665_000n + 1_080_000n)
  assert.equal(
    sumOf(
      report.charges.filter(row => row['list_unit_price'] === null),
      'quantity',
    ),
    2820,
  )
  // Retries and fallbacks: a2, a3, a4, both requests of LiteLLM and Kong's line had more than one attempt; a3 and the second of LiteLLM's
  // fell back; a2, Kong's line and the first of LiteLLM's (429, then an answer) were recovered at the same upstream.
  assert.equal(sumOf(report.resilience, 'retried_requests'), 6)
  assert.equal(sumOf(report.resilience, 'recovered_by_fallback'), 2)
  assert.equal(sumOf(report.resilience, 'recovered_by_retry'), 3)
  assert.equal(sumOf(report.resilience, 'failed_after_all'), 1)
})

test('the JSON has the keys of the contract and no others, and names its inputs', async () => {
  const report = await reportOf(KONG)
  const tables = ['usage', 'latency', 'saturation', 'resilience', 'providers', 'security', 'charges', 'conflicts', 'dead_letters']
  assert.deepEqual(Object.keys(report), ['generated_from', 'completeness', ...tables])
  assert.deepEqual(report.generated_from, [{ file: samplePath(KONG), size_bytes: sample(KONG).length }])
  for (const name of tables) assert.ok(Array.isArray(report[name as keyof Report]), name)
  // Kong's usage by kind: 1200 - 800 input, 800 cached, 210 - 64 output, 64 reasoning, at the prices above.
  assert.deepEqual(
    report.charges.map(({ tenant_id, model, token_kind, quantity, list_cost, currency }) => [
      tenant_id,
      model,
      token_kind,
      quantity,
      list_cost,
      currency,
    ]),
    [
      ['acme', 'gpt-4o', 'cached_input', 800, '0.001', 'USD'],
      ['acme', 'gpt-4o', 'input', 400, '0.001', 'USD'],
      ['acme', 'gpt-4o', 'output', 146, '0.00146', 'USD'],
      ['acme', 'gpt-4o', 'reasoning', 64, '0.00064', 'USD'],
    ],
  )
})

test('gzip, zstd and standard input give the same tables; a file given twice changes no total', async () => {
  const [gz, zst] = [join(directory, 'envoy.gz'), join(directory, 'litellm.anything')]
  writeFileSync(gz, gzipSync(sample(ENVOY)))
  writeFileSync(zst, zstdCompressSync(sample(LITELLM)))
  const { stdout, code, stderr } = await run(['--format', 'json', gz, zst, '-', samplePath(ENVOY)], sample(KONG))
  assert.equal(code, 0, stderr)
  const report = JSON.parse(stdout) as Report
  assert.deepEqual(
    report.usage.map(row => usageColumns.map(name => row[name])),
    usageByHand,
  )
  assert.equal(report.completeness['duplicates'], 10)
  assert.deepEqual(report.generated_from[2], { file: '-', size_bytes: null })
})

test('--format text and html show tenants and cost; the page has no scripts and loads nothing', async () => {
  const text = await run([samplePath(KONG)])
  assert.equal(text.code, 0, text.stderr)
  assert.match(text.stdout, /^acme +chat +gpt-4o .* 0\.0041 /m)
  const html = await run(['--format', 'html', samplePath(KONG)])
  assert.equal(html.code, 0, html.stderr)
  assert.match(html.stdout, /^<!doctype html>/)
  assert.match(html.stdout, /<td>acme<\/td>.*<td class="n">0\.0041<\/td>/)
  assert.match(html.stdout, /<h1>AI gateway report, \d{4}-\d\d-\d\d/, 'the title is no path')
  assert.match(html.stdout, /<h2>Cost by tenant, USD<\/h2><div class="bar">/)
  assert.doesNotMatch(html.stdout, /<script|https?:\/\/(?!api\.)|src=/)
})

/**
 * Two scrapes of one server with two engines, half a minute apart (read off the files): running 14 and 9, then 32 and 32; waiting 3 and 1,
 * then 43 and 28; preemptions 2 → 19 and 0 → 11; prompt tokens 99400 → 139151 and 82748 → 136880; generated 20998 → 34720 and 15628 →
 * 27812.
 */
test('a pair of scrapes gives a row of the pool, with rates out of its counters', async () => {
  for (const [name, time] of [
    ['vllm_v1_scrape_t0.prom.gz', '2026-08-20T10:00:15Z'],
    ['vllm_v1_scrape_t1_busy.prom.gz', '2026-08-20T10:00:45Z'],
  ] as const) {
    copyFileSync(samplePath(name), join(directory, name))
    utimesSync(join(directory, name), new Date(time), new Date(time))
  }
  const files = ['vllm_v1_scrape_t0.prom.gz', 'vllm_v1_scrape_t1_busy.prom.gz'].map(name => join(directory, name))
  const { stdout, code, stderr } = await run(['--format', 'json', '--pool', 'gpu-a', ...files])
  assert.equal(code, 0, stderr)
  const [row, ...more] = (JSON.parse(stdout) as Report).saturation
  assert.deepEqual(more, [])
  assert.deepEqual([row?.['pool'], row?.['model'], row?.['engines'], row?.['samples']], ['gpu-a', 'Qwen/Qwen3-32B', 2, 4])
  assert.equal(row?.['running'], (14 + 32) / 2 + (9 + 32) / 2)
  assert.equal(row?.['waiting'], (3 + 43) / 2 + (1 + 28) / 2)
  assert.equal(row?.['running_max'], 32 + 32)
  assert.equal(row?.['waiting_max'], 43 + 28)
  assert.equal(row?.['preemptions'], 19 - 2 + (11 - 0))
  assert.ok(Math.abs((row?.['input_tokens_per_s'] as number) - (139_151 - 99_400 + 136_880 - 82_748) / 30) < 1e-6)
  assert.ok(Math.abs((row?.['output_tokens_per_s'] as number) - (34_720 - 20_998 + 27_812 - 15_628) / 30) < 1e-6)
  // 43 and 28 waiting: both engines are full.
  assert.equal(row?.['saturation_max'], 1)
})

test('lines that cannot be read are listed with file, line number and reason; their neighbours are counted', async () => {
  const broken = join(directory, 'broken.jsonl')
  const [first = '', second = ''] = sample(ENVOY).toString('utf8').split('\n')
  writeFileSync(broken, `${first}\n${second.slice(0, 200)}\n{"nothing":"known"}\n`)
  const short = join(directory, 'short')
  writeFileSync(short, 'no')
  const { stdout, code, stderr } = await run(['--format', 'json', broken, short, samplePath(KONG)])
  assert.equal(code, 0, stderr)
  const report = JSON.parse(stdout) as Report
  assert.deepEqual(
    report.dead_letters.map(({ file, line_no, code: reason }) => [file, line_no, reason]),
    [
      [broken, 2, 'LINE_NOT_JSON'],
      [broken, 3, 'LINE_DIALECT_UNKNOWN'],
      [short, 1, 'LINE_NOT_JSON'],
    ],
  )
  assert.deepEqual([report.completeness['lines'], report.completeness['requests']], [5, 2])
})

test('what cannot be read at all ends with 1, wrong arguments with 2; both say why and print no report', async () => {
  const missing = await run([samplePath(KONG), join(directory, 'missing.jsonl')])
  assert.deepEqual([missing.code, missing.stdout], [1, ''])
  assert.match(missing.stderr, /missing\.jsonl: .*no such file/)
  const cut = join(directory, 'cut.gz')
  writeFileSync(cut, gzipSync(sample(ENVOY)).subarray(0, 500))
  const broken = await run([cut])
  assert.deepEqual([broken.code, broken.stdout], [1, ''])
  assert.match(broken.stderr, /cut\.gz: unexpected end of file/)
  const folder = await run([directory])
  assert.deepEqual([folder.code, folder.stdout], [1, ''])
  assert.match(folder.stderr, /cut\.gz: unexpected end of file/)
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [['--format', 'xml', samplePath(KONG)], /'xml' is invalid. Allowed choices are text, json, html/],
    [['--formt', 'json', samplePath(KONG)], /unknown option '--formt'\n\(Did you mean --format\?\)/],
    [[], /missing required argument 'FILE'/],
  ]
  for (const [options, message] of wrong) {
    const { code, stdout, stderr } = await run(options)
    assert.deepEqual([code, stdout], [2, ''], options.join(' '))
    assert.match(stderr, message)
    assert.match(stderr, /weir report --help says what it takes/)
  }
})

test('a report that is given up leaves no file and no process behind', async () => {
  const folder = join(directory, 'given-up')
  mkdirSync(folder)
  const child = spawn(process.execPath, [program, 'report', '-'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, TMPDIR: folder },
  })
  while (readdirSync(folder).length === 0 || !readdirSync(join(folder, readdirSync(folder)[0] ?? '')).includes('status'))
    await new Promise(resolve => setTimeout(resolve, 50))
  child.kill('SIGINT')
  assert.deepEqual(await once(child, 'exit'), [130, null])
  assert.deepEqual(readdirSync(folder), [])
})

async function reportOf(...names: string[]): Promise<Report> {
  const { stdout, code, stderr } = await run(['--format', 'json', ...names.map(samplePath)])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as Report
}

async function run(options: readonly string[], input?: Buffer): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, 'report', ...options], { stdio: ['pipe', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

function sumOf(rows: readonly Row[], name: string): number {
  return rows.reduce((sum, row) => sum + (row[name] as number), 0)
}

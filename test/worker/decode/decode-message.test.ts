import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildDecoder, buildLineAt, orWholeMessage } from '../../../services/worker/decode/decode-message.ts'
import { recordOf } from '../plain-lines.ts'

const decode = buildDecoder({ logEpoch: 'epoch', maxLineBytes: 1_000 })
const lineAt = buildLineAt({ maxLineBytes: 1_000 })
const good = JSON.stringify({ tenant_id: 'acme', request_id: 'a', started_at: '2026-07-01T12:00:00.000Z' })

test('a message whose decoding throws is one dead letter with all its bytes', () => {
  const broken = orWholeMessage({ logEpoch: 'epoch' }, () => {
    throw new RangeError('Maximum call stack size exceeded')
  })
  const value = Buffer.from([0x7b, 0xff, 0x00, 0x0a])
  const { attempts, deadLetters, ledger } = broken(recordOf(7, '', { value, partition: 3, headers: { source: 'edge' } }))
  assert.deepEqual(attempts, [])
  const [letter] = deadLetters
  assert.ok(letter)
  assert.deepEqual([letter.code, letter.partition, letter.offset, letter.source], ['LINE_NOT_READ', 3, 7, 'edge'])
  assert.deepEqual(Buffer.from(letter.line, letter.encoding), value)
  assert.deepEqual([ledger.lines, ledger.rows, ledger.accepted_lines, ledger.dead_letters], [1, 0, 0, 1])
})

test('every line of a message is either accepted or a dead letter, whatever the message holds', () => {
  const messages: readonly [message: string | Buffer, lines: number, accepted: number][] = [
    ['', 0, 0],
    ['\n \n', 0, 0],
    [`${good}\n${good}\n`, 2, 2],
    [`[${good},1,${good}]`, 3, 2],
    [`${good}\n{`, 2, 1],
    [Buffer.concat([Buffer.from(`${good}\n`), Buffer.from([0xff, 0xfe])]), 2, 1],
    [`${good}\n"${'x'.repeat(2_000)}"`, 2, 1],
  ]
  for (const [message, lines, accepted] of messages) {
    const { ledger, deadLetters } = decode(recordOf(0, '', { value: Buffer.from(message) }))
    assert.deepEqual(
      [ledger.lines, ledger.accepted_lines, ledger.dead_letters, deadLetters.length],
      [lines, accepted, lines - accepted, lines - accepted],
    )
  }
})

test('lines that are no calls of a model are skipped, counted by reason, and the ledger still balances', () => {
  const health = JSON.stringify({
    start_time: '2026-07-01T12:00:00Z',
    response_code: 200,
    response_flags: '-',
    'x-envoy-origin-path': '/healthz',
  })
  const tool = JSON.stringify({ start_time: '2026-07-01T12:00:00Z', response_code: 200, response_flags: '-', mcp_method: 'tools/call' })
  const { ledger, attempts, deadLetters } = decode(recordOf(0, [health, good, tool, '{', health].join('\n')))
  assert.deepEqual([ledger.lines, ledger.accepted_lines, ledger.dead_letters, ledger.skipped_lines], [5, 1, 1, 3])
  assert.deepEqual(ledger.skip_reasons, { not_llm: 2, mcp: 1 })
  assert.deepEqual([attempts.length, deadLetters.length], [1, 1])
})

test('a line is found again by the number that decoding gave it', () => {
  const bytes = Buffer.concat([Buffer.from(`\n${good}\n`), Buffer.from([0xff, 0xfe]), Buffer.from('\nlast')])
  const record = recordOf(0, '', { value: bytes })
  assert.deepEqual(lineAt(record, 0), { line: good, encoding: 'utf8' })
  assert.deepEqual(lineAt(record, 1), { line: Buffer.from([0xff, 0xfe]).toString('base64'), encoding: 'base64' })
  assert.deepEqual(lineAt(record, 2), { line: 'last', encoding: 'utf8' })
})

test('of an exposition the whole message is found, and one with samples counts as one accepted line', () => {
  const exposition = 'vllm:num_requests_running{engine="0",model_name="m"} 3.0\nvllm:num_requests_running{ broken\n'
  const headers = { pool: 'blue', 'scraped-at-ms': String(Date.UTC(2026, 6, 1, 12)) }
  const record = recordOf(0, exposition, { topic: 'weir.engine-metrics.v1', headers })
  const { line, encoding } = lineAt(record, 0)
  assert.equal(Buffer.from(line, encoding).toString('utf8'), exposition)
  const { samples, ledger } = decode(record)
  assert.equal(samples.length, 1)
  assert.deepEqual([ledger.lines, ledger.rows, ledger.accepted_lines, ledger.dead_letters], [2, 1, 1, 1])
})

/** What is wrong with a body or a line is said clearly, where it is found; and everything beside it is counted. All services, over HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { delay, MINUTE } from '../../services/platform/clock.ts'
import { openTestStandalone, type TestStandalone } from '../fakes/test-standalone.ts'
import { type ApiAnswer, readApi } from '../journey/http.ts'

const MIB = 1024 * 1024
const NOW_MS = Date.now()
const SETTLED_WITHIN_MS = 60_000
const ndjson = { 'content-type': 'application/x-ndjson' }

interface Answer {
  status: number
  /** Of a refusal: the code of the problem document. */
  code?: string
  detail?: string
  accepted?: number
  rejected?: { line: number; code: string; message: string }[]
}

describe('bad input', () => {
  const neighbours: string[] = []
  let standalone: TestStandalone

  before(async () => {
    standalone = await openTestStandalone()
  })
  after(() => standalone?.[Symbol.asyncDispose]())

  /** A good line of its own; each must be counted in the end. */
  function neighbour(): string {
    const request_id = `good-${neighbours.length}`
    neighbours.push(request_id)
    return JSON.stringify({ ...facts(), request_id, input_tokens: 10, output_tokens: neighbours.length })
  }

  async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = ndjson): Promise<Answer> {
    const answer = await fetch(`${standalone.ingestUrl}/v1/access-logs?source=test`, { method: 'POST', headers, body })
    return { status: answer.status, ...((await answer.json()) as object) }
  }

  /** Sends bytes between two good lines and gives what was said of them. */
  async function postBetween(bytes: string | Uint8Array): Promise<Answer> {
    return await post(Buffer.concat([Buffer.from(`${neighbour()}\n`), Buffer.from(bytes), Buffer.from(`\n${neighbour()}`)]))
  }

  test('a truncated line is rejected with its number and its reason', async () => {
    const { status, accepted, rejected } = await postBetween('{"tenant_id":"acme","request_id":"cut","started_at":"2026-')
    assert.deepEqual([status, accepted, rejected?.length], [202, 2, 1])
    assert.deepEqual([rejected?.[0]?.line, rejected?.[0]?.code], [2, 'LINE_NOT_JSON'])
    assert.match(rejected?.[0]?.message ?? '', /JSON/)
  })

  test('a line of 20 MB is too large as a body, and too long as a line of a compressed one', async () => {
    const line = JSON.stringify({ ...facts(), request_id: 'long', error_detail: 'x'.repeat(20 * MIB) })
    const plain = await post(line)
    assert.deepEqual([plain.status, plain.code], [413, 'INGEST_BODY_TOO_LARGE'])
    assert.match(plain.detail ?? '', /16777216/)
    const inflated = await post(gzipSync(`${neighbour()}\n${line}\n${neighbour()}`), { ...ndjson, 'content-encoding': 'gzip' })
    assert.deepEqual([inflated.status, inflated.accepted], [202, 2])
    assert.deepEqual([inflated.rejected?.[0]?.line, inflated.rejected?.[0]?.code], [2, 'LINE_TOO_LONG'])
    assert.match(inflated.rejected?.[0]?.message ?? '', /bytes, at most 262144/)
  })

  test('a NUL and half a surrogate pair as bytes are rejected and named', async () => {
    const nul = await postBetween(`{"tenant_id":"ac\u0000me","request_id":"nul"}`)
    assert.deepEqual([nul.accepted, nul.rejected?.[0]?.line, nul.rejected?.[0]?.code], [2, 2, 'LINE_NOT_JSON'])
    assert.match(nul.rejected?.[0]?.message ?? '', /NUL at byte 17/)
    const surrogate = await postBetween(Buffer.concat([Buffer.from('{"tenant_id":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]))
    assert.deepEqual([surrogate.accepted, surrogate.rejected?.[0]?.line, surrogate.rejected?.[0]?.code], [2, 2, 'LINE_NOT_UTF8'])
  })

  test('a body in an encoding that nobody speaks here, or not in the one it claims, is refused with the remedy', async () => {
    const line = JSON.stringify({ ...facts(), request_id: 'encoded' })
    const unknown = await post(brotliCompressSync(line), { ...ndjson, 'content-encoding': 'br' })
    assert.deepEqual([unknown.status, unknown.code], [415, 'INGEST_ENCODING_UNSUPPORTED'])
    assert.match(unknown.detail ?? '', /gzip/)
    for (const encoding of ['gzip', 'zstd']) {
      const untrue = await post(line, { ...ndjson, 'content-encoding': encoding })
      assert.deepEqual([untrue.status, untrue.code], [400, 'INGEST_BODY_INVALID'], encoding)
    }
    const cut = await post(gzipSync(line).subarray(0, 40), { ...ndjson, 'content-encoding': 'gzip' })
    assert.deepEqual([cut.status, cut.code], [400, 'INGEST_BODY_INVALID'])
  })

  test('a body that inflates beyond the limit is refused before it is held', async () => {
    const before = process.memoryUsage().rss
    const zeros = Buffer.alloc(512 * MIB)
    const bombs = { gzip: gzipSync(zeros), zstd: zstdCompressSync(zeros, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }) }
    for (const [encoding, bomb] of Object.entries(bombs)) {
      assert.ok(bomb.length < MIB)
      const { status, code, detail } = await post(bomb, { ...ndjson, 'content-encoding': encoding })
      assert.deepEqual([status, code], [413, 'INGEST_BODY_TOO_LARGE'], encoding)
      assert.match(detail ?? '', /67108864/)
    }
    // The zeros themselves are this test's; what ingest adds must be far from a second half gigabyte.
    assert.ok(process.memoryUsage().rss - before < (512 + 384) * MIB)
  })

  test('a line that is JSON but cannot be true is a dead letter that names the field', async () => {
    const wrong: readonly (readonly [id: string, line: string, code: string, message: RegExp])[] = [
      ['infinite', lineWith('infinite', '"output_tokens":1e400'), 'LINE_FIELD_INVALID', /output_tokens/],
      ['infinite time', `{"tenant_id":"acme","request_id":"infinite time","started_at":1e400}`, 'LINE_FIELD_INVALID', /started_at/],
      ['half a pair', lineWith('half a pair', '"user_id":"a\\ud800b"'), 'LINE_FIELD_INVALID', /user_id/],
      ['escaped NUL', lineWith('escaped NUL', '"user_id":"a\\u0000b"'), 'LINE_FIELD_INVALID', /user_id/],
      ['year 9999', timed('year 9999', '9999-12-31T23:59:59.999Z'), 'LINE_TIME_OUT_OF_RANGE', /started_at is 9999/],
      ['epoch', timed('epoch', '1970-01-01T00:00:00.000Z'), 'LINE_TIME_OUT_OF_RANGE', /started_at is 1970/],
      ['nobody', '{"request_id":"nobody","started_at":"2026-08-01T00:00:00Z"}', 'LINE_DIALECT_UNKNOWN', /fields request_id, started_at/],
    ]
    const answer = await post([neighbour(), ...wrong.flatMap(([, line]) => [line, neighbour()])].join('\n'))
    assert.deepEqual([answer.status, answer.accepted, answer.rejected], [202, 2 * wrong.length + 1, []])
    const { latest_dead_letters: letters } = await settled(wrong.length)
    for (const [id, line, code, message] of wrong) {
      const letter = letters.find(found => found.line === line)
      assert.equal(letter?.code, code, `${id}: ${letter?.message}`)
      assert.match(letter.message, message, id)
    }
  })

  test('every neighbour is counted, nothing else is, and the books balance', async () => {
    const { balance } = await settled(7)
    for (const partition of balance) assert.ok(partition.is_balanced, JSON.stringify(partition))
    const { rows } = await readApi<ApiAnswer>(standalone.apiUrl, '/v1/usage', { ...period(), group_by: 'tenant_id' })
    assert.deepEqual(
      rows.map(({ tenant_id, requests, attempts, input_tokens, output_tokens }) => ({
        tenant_id,
        requests,
        attempts,
        input_tokens,
        output_tokens,
      })),
      [
        {
          tenant_id: 'acme',
          requests: neighbours.length,
          attempts: neighbours.length,
          input_tokens: 10 * neighbours.length,
          output_tokens: (neighbours.length * (neighbours.length + 1)) / 2,
        },
      ],
    )
  })

  interface Completeness {
    requests: number
    dead_letters: number
    latest_dead_letters: { line: string; code: string; message: string }[]
    balance: { is_balanced: boolean }[]
  }

  /** The state once every neighbour so far is settled and `deadLetters` are there. */
  async function settled(deadLetters: number): Promise<Completeness> {
    const giveUpAtMs = performance.now() + SETTLED_WITHIN_MS
    for (;;) {
      const state = await readApi<Completeness>(standalone.apiUrl, '/v1/completeness', { ...period(), limit: '100' })
      if (state.requests === neighbours.length && state.dead_letters === deadLetters) return state
      const found = `${state.requests} requests and ${state.dead_letters} dead letters`
      assert.ok(performance.now() < giveUpAtMs, `${found}, expected ${neighbours.length} and ${deadLetters}`)
      await delay(100)
    }
  }
})

function facts(): { tenant_id: string; started_at: string } {
  return { tenant_id: 'acme', started_at: new Date(NOW_MS - MINUTE).toISOString() }
}

function timed(request_id: string, started_at: string): string {
  return JSON.stringify({ tenant_id: 'acme', request_id, started_at })
}

/** A line with one more member, as written: JSON.stringify would not write what is tested here. */
function lineWith(request_id: string, member: string): string {
  return `${JSON.stringify({ ...facts(), request_id }).slice(0, -1)},${member}}`
}

function period(): { from: string; to: string } {
  return { from: new Date(NOW_MS - 10 * MINUTE).toISOString(), to: new Date(Date.now() + MINUTE).toISOString() }
}

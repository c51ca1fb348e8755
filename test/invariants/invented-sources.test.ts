/** Who holds a token that names no source may call its source what it likes: whatever it invents, the others are read on. Over HTTP. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { delay, MINUTE } from '../../services/platform/clock.ts'
import { addTokens } from '../../services/platform/tokens-file.ts'
import { openTestStandalone, type TestStandalone } from '../fakes/test-standalone.ts'
import { type ApiAnswer, readApi } from '../journey/http.ts'

const SETTLED_WITHIN_MS = 60_000
const NOW_MS = Date.now()
/** More lines than the worker looks back over of all sources (10,000): without the sender it would stop. */
const INVENTED_SOURCES = 400
const LINES_OF_A_SOURCE = 60
const GOOD_EVERY = 20

describe('a sender that invents sources', () => {
  let standalone: TestStandalone
  let [edge, stolen, operator] = ['', '', '']

  before(async () => {
    standalone = await openTestStandalone(async folder => {
      const tokensFile = join(folder, 'tokens.json')
      ;[edge = '', stolen = '', operator = ''] = await addTokens(
        tokensFile,
        [
          { name: 'edge', role: 'sender', source: 'edge-7' },
          { name: 'stolen', role: 'sender' },
          { name: 'ops', role: 'operator' },
        ],
        { now: Date.now },
      )
      return { WEIR_TOKENS_FILE: tokensFile }
    })
  })
  after(() => standalone?.[Symbol.asyncDispose]())

  test('is parked as one; the totals of the good are exact and the books balance', async () => {
    const rubbish = gzipSync('{}\n'.repeat(LINES_OF_A_SOURCE))
    let good = 0
    for (let source = 0; source < INVENTED_SOURCES; source++) {
      // Now and then it takes a name that belongs to another.
      const name = source % 50 === 0 ? 'edge-7' : `made-up-${source}`
      assert.equal(await post(stolen, name, rubbish), 202)
      if (source % GOOD_EVERY === 0) assert.equal(await post(edge, '', gzipSync(goodLine(good++))), 202)
    }
    const { parked, parked_lines, dead_letters, balance } = await settled(good)
    assert.deepEqual(
      parked.map(({ source }) => source),
      ['stolen/*'],
    )
    assert.equal((parked_lines ?? 0) + dead_letters, INVENTED_SOURCES * LINES_OF_A_SOURCE)
    // Twice the lines that are looked at of one source decide on a sender.
    assert.ok(dead_letters < 2_000 + LINES_OF_A_SOURCE, `${dead_letters} dead letters`)
    for (const partition of balance) assert.ok(partition.is_balanced, JSON.stringify(partition))
    const usage = { ...period(), group_by: 'tenant_id' }
    const { rows } = await readApi<ApiAnswer>(standalone.apiUrl, '/v1/usage', usage, operator)
    assert.deepEqual(
      rows.map(({ tenant_id, requests, input_tokens }) => ({ tenant_id, requests, input_tokens })),
      [{ tenant_id: 'acme', requests: good, input_tokens: 10 * good }],
    )
  })

  async function post(token: string, source: string, body: Uint8Array<ArrayBuffer>): Promise<number> {
    const headers = { 'content-encoding': 'gzip', authorization: `Bearer ${token}` }
    return (await fetch(`${standalone.ingestUrl}/v1/access-logs?source=${source}`, { method: 'POST', headers, body })).status
  }

  interface Completeness {
    requests: number
    dead_letters: number
    parked_lines: number | null
    parked: { source: string }[]
    balance: { is_balanced: boolean }[]
  }

  /** The state once every good line is settled and all others are read. */
  async function settled(requests: number): Promise<Completeness> {
    const giveUpAtMs = performance.now() + SETTLED_WITHIN_MS
    for (;;) {
      const state = await readApi<Completeness>(standalone.apiUrl, '/v1/completeness', period(), operator)
      const others = (state.parked_lines ?? 0) + state.dead_letters
      if (state.requests === requests && others >= INVENTED_SOURCES * LINES_OF_A_SOURCE) return state
      assert.ok(performance.now() < giveUpAtMs, `${state.requests} requests of ${requests}, and ${others} other lines`)
      await delay(100)
    }
  }
})

function goodLine(number: number): string {
  const started_at = new Date(NOW_MS - MINUTE).toISOString()
  return JSON.stringify({ tenant_id: 'acme', request_id: `good-${number}`, started_at, input_tokens: 10 })
}

function period(): { from: string; to: string } {
  return { from: new Date(NOW_MS - 10 * MINUTE).toISOString(), to: new Date(Date.now() + MINUTE).toISOString() }
}

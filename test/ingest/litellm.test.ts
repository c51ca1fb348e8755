import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ACCESS_LOG_TOPIC } from '../../schemas/topics.ts'
import { acceptAnyTime } from '../../services/worker/decode/accept-time.ts'
import { buildDecoder } from '../../services/worker/decode/decode-message.ts'
import { buildHarness } from './harness.ts'
import { programOnPath } from './program.ts'

// Installing it takes two minutes and 750 MB, starting it 15 s: it is for machines that have it. What it writes is recorded in
// test/fixtures/samples/litellm_proxy_capture.ndjson.gz, which every run reads.
const program = programOnPath('litellm', 'PyPI: litellm[proxy]')
const KEY = 'sk-not-a-secret-of-a-test-0123456789abcdef'

/** The example of docs/sending.md with this test's address. */
function documentedCallback(ingest: string): string {
  const page = readFileSync(new URL('../../docs/sending.md', import.meta.url), 'utf8')
  const example = /```yaml\n(litellm_settings:.*?)```/s.exec(page)?.[1] ?? ''
  return example.replace('http://weir.example:8686', ingest)
}

test('the callback of a real LiteLLM proxy, configured as documented, arrives as requests with their failed tries and fallbacks', {
  skip: program === undefined,
}, async t => {
  const harness = buildHarness(t, { tokens: { TOKEN: { name: 'litellm', role: 'sender', source: 'litellm' } } })
  harness.clock.nowMs = Date.now()
  const ingest = await harness.app.listen({ host: '127.0.0.1', port: 0 })
  const served = { answers: 0, refusals: 0 }
  const upstream = createServer((request, response) => {
    const isRefused = request.url?.startsWith('/broken') === true
    if (request.method === 'POST') served[isRefused ? 'refusals' : 'answers']++
    if (isRefused) return response.writeHead(503, { 'content-type': 'application/json' }).end('{"error":{"message":"no room"}}')
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...answer, id: `chatcmpl-${served.answers}` }))
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  t.after(() => upstream.close().closeAllConnections())
  const folder = await mkdtemp(join(tmpdir(), 'weir-litellm-'))
  const config = join(folder, 'config.yaml')
  await writeFile(config, configuration((upstream.address() as AddressInfo).port, ingest))
  const port = await freePort()
  const child = spawn(program as string, ['--config', config, '--host', '127.0.0.1', '--port', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, LITELLM_MASTER_KEY: KEY, LITELLM_LOCAL_MODEL_COST_MAP: 'True', DEFAULT_FLUSH_INTERVAL_SECONDS: '1' },
  })
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true })
  })
  const until = async (isThere: () => Promise<boolean>) => {
    while (!(await isThere().catch(() => false))) {
      assert.equal(child.exitCode, null, 'litellm ended')
      await setTimeout(100)
    }
  }
  await until(async () => (await fetch(`http://127.0.0.1:${port}/health/liveliness`)).ok)
  for (const request of [{ model: 'good' }, { model: 'broken' }, { model: 'mocked' }, { model: 'good', mock_testing_fallbacks: true }]) {
    const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ ...request, user: 'acme', messages: [{ role: 'user', content: 'a word of a prompt' }] }),
    })
    assert.equal(response.status, 200, await response.text())
  }
  const decode = buildDecoder({ logEpoch: 'epoch', maxLineBytes: 256 * 1024, acceptTime: () => acceptAnyTime })
  const read = () => harness.eventLog.recordsOf(ACCESS_LOG_TOPIC).map(decode)
  const attempts = () => read().flatMap(decoded => decoded.attempts)
  await until(async () => attempts().filter(row => row.outcome === 'ok').length === 4)
  assert.deepEqual(
    read().flatMap(({ deadLetters }) => deadLetters),
    [],
  )
  const good = attempts().filter(row => row.outcome === 'ok')
  assert.equal(new Set(attempts().map(row => row.request_id)).size, 4)
  assert.equal(new Set(good.map(row => row.request_id)).size, 4)
  assert.ok(attempts().every(row => row.tenant_id === 'acme' && row.source === 'litellm' && !row.extra.includes('a word of a prompt')))
  assert.equal(good.filter(row => row.is_fallback).length, 2)
  // The upstream counted for itself; the mocked model never asked it.
  assert.deepEqual([served.answers, served.refusals >= 1], [3, true])
  const fromUpstream = good.filter(row => row.cached_input_tokens > 0)
  assert.deepEqual(
    fromUpstream.map(row => [row.input_tokens, row.cached_input_tokens, row.output_tokens]),
    Array(3).fill([1200, 800, 210]),
  )
  assert.ok(attempts().some(row => row.outcome === 'error' && row.status_code === 503 && row.usage_quality === 'missing'))
})

const answer = {
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1200, completion_tokens: 210, total_tokens: 1410, prompt_tokens_details: { cached_tokens: 800 } },
}

function configuration(upstreamPort: number, ingest: string): string {
  const model = (name: string, more: string) =>
    `  - {model_name: ${name}, litellm_params: {model: openai/gpt-4o-mini, api_key: sk-not-a-secret, max_retries: 0, ${more}}}`
  const base = (path: string) => `api_base: 'http://127.0.0.1:${upstreamPort}/${path}'`
  return `model_list:
${model('good', base('good'))}
${model('broken', base('broken'))}
${model('backup', base('backup'))}
${model('mocked', 'mock_response: hello')}
general_settings: {dangerously_allow_mock_testing_request_params: true}
router_settings: {num_retries: 0, fallbacks: [{broken: [backup]}, {good: [backup]}]}
${documentedCallback(ingest)}`
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

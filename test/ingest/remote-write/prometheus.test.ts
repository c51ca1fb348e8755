import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ENGINE_METRICS_TOPIC } from '../../../schemas/topics.ts'
import { acceptAnyTime } from '../../../services/worker/decode/accept-time.ts'
import { buildDecoder } from '../../../services/worker/decode/decode-message.ts'
import { sample } from '../../fixtures/samples.ts'
import { buildHarness } from '../harness.ts'
import { programOnPath } from '../program.ts'

const program = programOnPath('prometheus', 'Debian: apt install prometheus')

const scrapeText = sample('vllm_v1_scrape_t0.prom.gz').toString()

test('what a real Prometheus scraped and wrote here gives the samples that a scrape of ours gives', {
  skip: program === undefined,
}, async t => {
  const harness = buildHarness(t)
  harness.clock.nowMs = Date.now()
  const address = await harness.app.listen({ host: '127.0.0.1', port: 0 })
  const target = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(scrapeText),
  )
  target.listen(0, '127.0.0.1')
  await once(target, 'listening')
  t.after(() => target.close().closeAllConnections())
  const endpoint = `127.0.0.1:${(target.address() as AddressInfo).port}`
  const folder = await mkdtemp(join(tmpdir(), 'weir-prometheus-'))
  const config = join(folder, 'prometheus.yml')
  await writeFile(
    config,
    `global: {scrape_interval: 1s}
scrape_configs:
  - job_name: vllm
    static_configs: [{targets: ['${endpoint}'], labels: {pool: gpu-a, region: eu-1}}]
remote_write:
  - url: ${address}/api/v1/write
    queue_config: {batch_send_deadline: 200ms}
`,
  )
  const child = spawn(
    program as string,
    [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, '--web.listen-address=127.0.0.1:0'],
    {
      stdio: 'ignore',
    },
  )
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true })
  })
  const decode = buildDecoder({ logEpoch: 'epoch', maxLineBytes: 64 * 1024, acceptTime: () => acceptAnyTime })
  const written = () => harness.eventLog.recordsOf(ENGINE_METRICS_TOPIC)
  // One scrape may come in several requests: waited for is the second moment, with the first complete.
  while (new Set(written().map(({ headers }) => headers['scraped-at-ms'])).size < 3) {
    assert.equal(child.exitCode, null, 'prometheus ended')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const firstMs = Math.min(...written().map(({ headers }) => Number(headers['scraped-at-ms'])))
  const parts = written().filter(({ headers }) => Number(headers['scraped-at-ms']) === firstMs)
  const direct = decode({
    ...(parts[0] as (typeof parts)[0]),
    value: Buffer.from(scrapeText),
    headers: { ...parts[0]?.headers, 'content-type': 'text/plain' },
  })
  const found = new Map<string, Record<string, unknown>>()
  for (const part of parts) {
    const { samples, deadLetters } = decode(part)
    assert.deepEqual(deadLetters, [])
    for (const { row_no: _, ...row } of samples) {
      const held = found.get(row.engine_index) ?? {}
      const given = Object.entries(row).filter(([column, value]) => value !== null && !(column in held && isEmpty(value)))
      found.set(row.engine_index, { ...held, ...Object.fromEntries(given) })
    }
  }
  assert.equal(found.size, 2)
  for (const { row_no: _, offset: _offset, partition: _partition, received_at: _received, ...expected } of direct.samples) {
    const row = found.get(expected.engine_index) ?? {}
    for (const [column, value] of Object.entries(expected))
      if (value !== null && !isEmpty(value)) assert.deepEqual(row[column], value, column)
  }
  assert.deepEqual([found.get('0')?.['pool'], found.get('0')?.['endpoint'], found.get('0')?.['region']], ['gpu-a', endpoint, 'eu-1'])
  child.kill('SIGTERM')
  await once(child, 'exit')
})

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** How long from a fault to the webhook that tells on-call: `npm run bench -- alerts --help`. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { delay } from '../../services/platform/clock.ts'
import { openLocalKafka } from '../../services/platform/event-log/local-kafka.ts'
import { openTestStandalone } from '../fakes/test-standalone.ts'
import { tableOf } from './spine/results.ts'

const USAGE = `Usage: npm run bench -- alerts [options]

Starts all of Weir on a real Kafka (Java and Maven needed), sends it 100 lines a second, and lets one provider after the
other fail while nine others are well. Prints how long it took from the first failed line to the webhook that names it.

  --trials N    providers that fail, one after the other (default 20)
  --pause N     seconds between two faults (default 15)
  --embedded    on the embedded log instead
`

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '20' },
    pause: { type: 'string', default: '15' },
    embedded: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const KEY = `whsec_${Buffer.alloc(24, 'fake').toString('base64')}`
const TICK_MS = 100
const LINES_PER_TICK = 10

if (values.help) console.log(USAGE)
else await main()
process.exit()

async function main(): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const toldAt = new Map<string, number>()
  const url = await openInbox(toldAt, opened)
  const kafka = values.embedded ? undefined : opened.use(await openLocalKafka({}, { say: text => process.stderr.write(`${text}\n`) }))
  const weir = opened.use(
    await openTestStandalone(async folder => {
      const file = join(folder, 'alerting.yaml')
      const keyFile = join(folder, 'on-call.key')
      writeFileSync(keyFile, KEY)
      writeFileSync(file, alertingFile(url, keyFile))
      return { WEIR_ALERTS_FILE: file, ...(kafka && { WEIR_LOG: 'kafka', KAFKA_BROKERS: kafka.brokers.join(',') }) }
    }),
  )
  const failing = new Set<string>()
  const failedAt = new Map<string, number>()
  const over = new AbortController()
  const sending = send(weir.ingestUrl, failing, over.signal)
  await delay(20_000)
  for (let trial = 0; trial < Number(values.trials); trial++) {
    const provider = `provider-${trial}`
    failing.add(provider)
    failedAt.set(provider, Date.now())
    await delay(Number(values.pause) * 1_000)
    if (!toldAt.has(provider)) await delay(15_000)
    failing.delete(provider)
  }
  over.abort()
  await sending
  const seconds = [...failedAt].map(([provider, atMs]) => ((toldAt.get(provider) ?? Number.POSITIVE_INFINITY) - atMs) / 1_000)
  seconds.sort((a, b) => a - b)
  const at = (share: number) => seconds[Math.min(seconds.length - 1, Math.ceil(share * seconds.length) - 1)]?.toFixed(1)
  const log = values.embedded ? 'embedded' : 'kafka'
  console.log(tableOf([{ log, trials: seconds.length, least_s: at(0.01), p50_s: at(0.5), p95_s: at(0.95), most_s: at(1) }]))
}

function alertingFile(url: string, keyFile: string): string {
  return `private_targets: [127.0.0.1]
receivers:
  - { name: on-call, kind: webhook, url: "${url}", plain_http: true, secrets: ["file:${keyFile}"] }
routes:
  - { name: providers, match: { rule: provider-failing }, receivers: [on-call], group_by: [provider], group_wait: 1s, group_interval: 5s }
`
}

async function openInbox(toldAt: Map<string, number>, opened: AsyncDisposableStack): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      response.end()
      const { data } = JSON.parse(body) as { data: { status: string; alerts: { labels: Record<string, string> }[] } }
      for (const { labels } of data.status === 'firing' ? data.alerts : []) {
        const provider = labels['provider'] ?? ''
        if (!toldAt.has(provider)) toldAt.set(provider, Date.now())
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** Lines of ten providers; those that fail answer 503 to every attempt. */
async function send(ingestUrl: string, failing: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
  let count = 0
  while (!signal.aborted) {
    const [current] = failing
    const lines = Array.from({ length: LINES_PER_TICK }, (_, index) => {
      const isOfFailing = current !== undefined && index < 3
      const provider = isOfFailing ? current : `well-${index}`
      count++
      return line(provider, isOfFailing, count)
    })
    await fetch(`${ingestUrl}/v1/access-logs?source=bench`, { method: 'POST', body: lines.join('\n') })
    await delay(TICK_MS)
  }
}

function line(provider: string, isFailed: boolean, count: number): string {
  return JSON.stringify({
    tenant_id: `tenant-${count % 5}`,
    request_id: `r-${count}`,
    started_at: new Date(Date.now() - 50).toISOString(),
    duration_ms: 50,
    route: 'chat',
    request_model: 'gpt-4o',
    upstream_kind: 'provider',
    provider,
    status_code: isFailed ? 503 : 200,
    outcome: isFailed ? 'error' : 'ok',
    ...(isFailed ? { error_class: 'provider_error' } : { input_tokens: 100, output_tokens: 20 }),
  })
}

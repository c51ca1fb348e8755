/**
 * The load, a process of its own so that it shares no thread with what is measured: posts lines at a steady rate until told to stop.
 * Started with one argument, JSON of SenderConfig; sends SenderReport through its IPC channel each second; ends at the message 'stop'.
 */
import { Agent, request } from 'undici'
import { delay } from '../../../services/platform/clock.ts'
import { buildLinePool, type PooledBody, renewBody } from './line-pool.ts'

/** What to send where. */
export interface SenderConfig {
  ingestUrl: string
  linesPerSecond: number
  seconds: number
  gateways: readonly string[]
}

/** How far sending has come; counts since the start. */
export interface SenderReport {
  kind: 'ready' | 'progress' | 'done'
  offered: number
  accepted: number
  rejected: number
  /** Answers 429 and 503: sent again after the time that they name. */
  refusals: number
  bytes: number
  cpu_seconds: number
}

const CONNECTIONS = 16
const MAX_BODY_LINES = 500
const BODIES_PER_SECOND = 40

const config = JSON.parse(process.argv[2] ?? '{}') as SenderConfig
const agent = new Agent({ connections: CONNECTIONS, pipelining: 1 })
const pool = buildLinePool(Math.max(10, Math.min(MAX_BODY_LINES, Math.round(config.linesPerSecond / BODIES_PER_SECOND))), config.gateways)
const counts = { offered: 0, accepted: 0, rejected: 0, refusals: 0, bytes: 0 }
let isStopping = false

say('ready')
process.on('message', message => {
  if (message === 'stop') isStopping = true
  if (message === 'start') void run()
})

async function run(): Promise<void> {
  const timer = setInterval(() => say('progress'), 1000)
  const startMs = performance.now()
  const endMs = startMs + config.seconds * 1000
  const underWay = new Set<Promise<void>>()
  // Rounds of a former run on the same data must not give the same ids.
  const firstRound = Math.floor(Date.now() / 100) % 2 ** 31
  for (let index = 0; !isStopping && performance.now() < endMs; index++) {
    const body = pool[index % pool.length] as PooledBody
    const waitMs = startMs + (1000 * counts.offered) / config.linesPerSecond - performance.now()
    if (waitMs > 1) await delay(waitMs)
    counts.offered += body.lines
    while (underWay.size >= CONNECTIONS) await Promise.race(underWay)
    // A copy: the pool's bytes are written anew when the body's turn comes again.
    const bytes = Buffer.from(renewBody(body, Date.now(), firstRound + Math.floor(index / pool.length)))
    const sending: Promise<void> = post(body, bytes).finally(() => underWay.delete(sending))
    underWay.add(sending)
  }
  await Promise.all(underWay)
  clearInterval(timer)
  say('done')
  await agent.close()
  process.disconnect()
}

async function post(body: PooledBody, bytes: Buffer): Promise<void> {
  const url = `${config.ingestUrl}/v1/access-logs?source=${encodeURIComponent(body.source)}`
  for (;;) {
    const answer = await request(url, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/x-ndjson' },
      body: bytes,
    })
    const text = await answer.body.text()
    if (answer.statusCode === 202) {
      const { accepted, rejected_count } = JSON.parse(text) as { accepted: number; rejected_count: number }
      counts.accepted += accepted
      counts.rejected += rejected_count
      counts.bytes += bytes.length
      return
    }
    if (answer.statusCode !== 503 && answer.statusCode !== 429)
      throw new Error(`ingest answered ${answer.statusCode}: ${text.slice(0, 300)}`)
    counts.refusals++
    if (isStopping) return
    await delay(Number(answer.headers['retry-after'] ?? 1) * 1000)
  }
}

function say(kind: SenderReport['kind']): void {
  const cpu = process.cpuUsage()
  process.send?.({ kind, ...counts, cpu_seconds: (cpu.user + cpu.system) / 1e6 } satisfies SenderReport)
}

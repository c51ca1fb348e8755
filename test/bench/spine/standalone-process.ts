/** `weir standalone` as a process of its own, on free ports, with its data in a temporary directory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { delay } from '../../../services/platform/clock.ts'
import { childrenOf } from './process-usage.ts'

/** Weir, running. Disposing stops it, kills it when it does not end in time, and removes its data. */
export interface StandaloneProcess extends AsyncDisposable {
  readonly pid: number
  readonly clickhousePid: number
  readonly ingestUrl: string
  readonly apiUrl: string
  /** Sum over all label sets of a metric's samples that carry `label="value"` of `labels`. */
  metric(service: 'ingest' | 'worker' | 'settle', name: string, labels?: string): Promise<number>
  clickhouseVersion(): Promise<string>
  /** The exposition of a service. */
  exposition(service: 'ingest' | 'worker' | 'settle'): Promise<string>
}

const PROGRAM = fileURLToPath(new URL('../../../services/standalone/main.ts', import.meta.url))
const START_MS = 90_000
const STOP_MS = 30_000

/** Starts it and waits until all services run. `nodeArguments` go before the program, such as --cpu-prof. */
export async function openStandaloneProcess(nodeArguments: readonly string[] = []): Promise<StandaloneProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  const [workerPort, settlePort] = [await freePort(), await freePort()]
  const env = {
    PATH: process.env['PATH'],
    WEIR_DATA_DIR: dataDir,
    WEIR_INGEST_PORT: '0',
    WEIR_API_PORT: '0',
    WEIR_WORKER_METRICS_PORT: String(workerPort),
    WEIR_SETTLE_METRICS_PORT: String(settlePort),
    WEIR_CHARGE_METRICS_PORT: '0',
    WEIR_ALERT_METRICS_PORT: '0',
  }
  const child = spawn(process.execPath, [...nodeArguments, PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await Promise.race([exited, delay(STOP_MS)])
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await exited
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    const { ingest, api } = await addressesOf(child)
    const urls = { ingest, worker: `http://127.0.0.1:${workerPort}`, settle: `http://127.0.0.1:${settlePort}` }
    const exposition = async (service: keyof typeof urls) => await (await fetch(`${urls[service]}/metrics`)).text()
    const clickhousePid = childrenOf(child.pid as number)[0] as number
    return {
      pid: child.pid as number,
      clickhousePid,
      ingestUrl: ingest,
      apiUrl: api,
      exposition,
      clickhouseVersion: () => versionOf(clickhousePid),
      metric: async (service, name, labels = '') => sumOf(await exposition(service), name, labels),
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function addressesOf(child: ChildProcess): Promise<{ ingest: string; api: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ ingest: string; api: string }>()
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  lines.on('line', line => {
    const entry = JSON.parse(line) as { level: string; msg: string; ingest?: string; api?: string }
    if (entry.ingest !== undefined && entry.api !== undefined) resolve({ ingest: entry.ingest, api: entry.api })
    if (entry.level !== 'info') console.error(`weir: ${entry.level}: ${entry.msg}`)
  })
  child.once('exit', code => reject(new Error(`weir standalone ended with ${code}`)))
  const timer = setTimeout(() => reject(new Error(`weir standalone did not start within ${START_MS} ms`)), START_MS)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}

/** Asks the server on the port that stands in its command line. */
async function versionOf(clickhousePid: number): Promise<string> {
  for (const argument of readFileSync(`/proc/${clickhousePid}/cmdline`, 'utf8').split('\0')) {
    const port = /^(?:--http_port=)?(\d{2,5})$/.exec(argument)?.[1]
    const answer = port === undefined ? undefined : await fetch(`http://127.0.0.1:${port}/?query=SELECT%20version()`).catch(() => undefined)
    if (answer?.ok) return (await answer.text()).trim()
  }
  return 'unknown'
}

function sumOf(exposition: string, name: string, labels: string): number {
  let sum = 0
  for (const line of exposition.split('\n')) {
    if (!line.startsWith(`${name}{`) || !line.includes(labels)) continue
    sum += Number(line.slice(line.lastIndexOf(' ') + 1))
  }
  return sum
}

async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' && address ? address.port : 0
}

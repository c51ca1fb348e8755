/** A load on Weir with everything that is watched while it lasts. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { delay } from '../../../services/platform/clock.ts'
import { type CpuSeconds, cpuBetween, cpuOf, residentMb } from './process-usage.ts'
import type { SenderConfig, SenderReport } from './sender.ts'
import type { StandaloneProcess } from './standalone-process.ts'

/** One look at the spine: lines since the start of the load. */
export interface Look {
  second: number
  accepted: number
  /** Lines whose rows are in ClickHouse's raw tables. */
  written: number
  /** Rows of them; a line may give several. */
  rows: number
  /** Attempts (rows) that are readable through the API. */
  settled: number
  node_mb: number
  clickhouse_mb: number
}

/** What a load came to. */
export interface LoadResult {
  offered_per_s: number
  seconds: number
  sent: SenderReport
  looks: readonly Look[]
  /** CPU of Weir from the first line until all were settled; the sender's own stands in `sent`. */
  cpu: CpuSeconds
  /** Time from the last line until all of them were settled and readable, s; null: not within the time allowed. */
  drain_s: number | null
}

const SENDER = fileURLToPath(new URL('sender.ts', import.meta.url))
const LOOK_EVERY_MS = 1_000
const DRAIN_MS = 120_000

/**
 * Sends `linesPerSecond` for `seconds`, looking once a second, then waits until everything is settled. `meanwhile` runs beside it; its
 * signal aborts with the last line.
 */
export async function runLoad(
  weir: StandaloneProcess,
  config: Pick<SenderConfig, 'linesPerSecond' | 'seconds' | 'gateways'>,
  onLook: (look: Look) => void = () => {},
  meanwhile: (signal: AbortSignal) => Promise<void> = async () => {},
): Promise<LoadResult> {
  const sender = openSender({ ...config, ingestUrl: weir.ingestUrl })
  try {
    await sender.ready
    const [written, rows, settled] = [await writtenLines(weir), await writtenRows(weir), await settledAttempts(weir)]
    const cpuBefore = cpuOf(weir.pid, weir.clickhousePid)
    const startedMs = performance.now()
    sender.start()
    const sending = new AbortController()
    const beside = meanwhile(sending.signal)
    const looks: Look[] = []
    const look = async () => {
      const taken: Look = {
        second: (performance.now() - startedMs) / 1000,
        accepted: sender.last().accepted,
        written: (await writtenLines(weir)) - written,
        rows: (await writtenRows(weir)) - rows,
        settled: (await settledAttempts(weir)) - settled,
        node_mb: residentMb(weir.pid),
        clickhouse_mb: residentMb(weir.clickhousePid),
      }
      looks.push(taken)
      onLook(taken)
      return taken
    }
    while (!sender.isDone()) {
      await delay(LOOK_EVERY_MS)
      await look()
    }
    const sent = await sender.done
    sending.abort()
    await beside
    const seconds = (performance.now() - startedMs) / 1000
    const drain_s = await drained(sent, look)
    const cpu = cpuBetween(cpuBefore, cpuOf(weir.pid, weir.clickhousePid))
    return { offered_per_s: config.linesPerSecond, seconds, sent, looks, cpu, drain_s }
  } finally {
    sender.kill()
  }
}

async function drained(sent: SenderReport, look: () => Promise<Look>): Promise<number | null> {
  const startedMs = performance.now()
  while (performance.now() - startedMs < DRAIN_MS) {
    const { written, rows, settled } = await look()
    if (written >= sent.accepted && settled >= rows) return (performance.now() - startedMs) / 1000
    await delay(250)
  }
  return null
}

function openSender(config: SenderConfig) {
  const child = fork(SENDER, [JSON.stringify(config)], { stdio: 'inherit' })
  const ready = Promise.withResolvers<void>()
  const done = Promise.withResolvers<SenderReport>()
  done.promise.catch(() => undefined)
  let last: SenderReport = { kind: 'ready', offered: 0, accepted: 0, rejected: 0, refusals: 0, bytes: 0, cpu_seconds: 0 }
  let isDone = false
  child.on('message', message => {
    last = message as SenderReport
    if (last.kind === 'ready') ready.resolve()
    if (last.kind === 'done') done.resolve(last)
    isDone ||= last.kind === 'done'
  })
  child.on('exit', code => {
    isDone = true
    ready.reject(new Error(`the sender ended with ${code}`))
    done.reject(new Error(`the sender ended with ${code} before it was done`))
  })
  return {
    ready: ready.promise,
    done: done.promise,
    start: () => child.send('start'),
    last: () => last,
    isDone: () => isDone,
    kill: () => child.kill('SIGKILL'),
  }
}

async function writtenLines(weir: StandaloneProcess): Promise<number> {
  return await weir.metric('worker', 'worker_lines_total')
}

async function writtenRows(weir: StandaloneProcess): Promise<number> {
  return await weir.metric('worker', 'worker_rows_total', 'attempts_raw')
}

/** Attempts that the API counts: those of settled windows. */
async function settledAttempts(weir: StandaloneProcess): Promise<number> {
  const nowMs = Date.now()
  const period = new URLSearchParams({
    from: new Date(nowMs - 3_600_000).toISOString(),
    to: new Date(nowMs + 60_000).toISOString(),
    group_by: 'upstream_kind',
  })
  const answer = await fetch(`${weir.apiUrl}/v1/usage?${period}`)
  if (!answer.ok) throw new Error(`the API answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
  const { rows } = (await answer.json()) as { rows: { attempts: number }[] }
  return rows.reduce((sum, row) => sum + row.attempts, 0)
}

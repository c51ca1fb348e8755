/**
 * What little traffic costs, where planning statements is most of the work: a report on a day of one line now and then, the same
 * backfilled into a running Weir, a gigabyte spread over a day, and what Weir takes at rest. `npm run bench -- sparse [day] [backfill]
 * [gigabyte] [rest] [rest-100]` (all unless named). Linux.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DAY, delay, MINUTE, SECOND } from '../../services/platform/clock.ts'
import { type CpuSeconds, childrenOf, cpuBetween, cpuOf } from './spine/process-usage.ts'
import { runReport } from './spine/report-run.ts'
import { tableOf } from './spine/results.ts'
import { openStandaloneProcess, type StandaloneProcess } from './spine/standalone-process.ts'

const PROGRAM = fileURLToPath(new URL('../../services/cli/main.ts', import.meta.url))
const DAY_LINES_A_MINUTE = 7
const BACKFILL_DAYS = 35
const REST_SECONDS = 60
const BODY_LINES = 2_000

const parts: Readonly<Record<string, () => Promise<unknown[]>>> = {
  day: async () => [await reportOnADay()],
  backfill: async () => [await backfill()],
  gigabyte: async () => [await runReport(1_000, DAY)],
  rest: async () => [await atRest(1)],
  'rest-100': async () => [await atRest(100)],
}
const named = process.argv.slice(2).filter(name => name in parts)
for (const name of named.length > 0 ? named : Object.keys(parts))
  console.log(`${name}\n${tableOf((await parts[name]?.()) as Parameters<typeof tableOf>[0])}\n`)
process.exit()

/** A canonical line of a request that starts at `atMs`. */
function lineOf(atMs: number, n: number): string {
  return JSON.stringify({
    tenant_id: `t${n % 3}`,
    request_id: `r${atMs}-${n}`,
    started_at: new Date(atMs).toISOString(),
    route: 'chat',
    request_model: 'gpt-4o',
    response_model: 'gpt-4o',
    upstream_kind: 'provider',
    provider: 'openai',
    status_code: 200,
    outcome: 'ok',
    input_tokens: 100 + (n % 50),
    output_tokens: 20,
    ttft_ms: 200,
    duration_ms: 1_200,
  })
}

/** Lines of `minutes` minutes up to an hour ago, `perMinute` in each. */
function linesOf(minutes: number, perMinute: number): string[] {
  const endMs = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE
  return Array.from({ length: minutes * perMinute }, (_, n) =>
    lineOf(endMs - minutes * MINUTE + Math.floor(n / perMinute) * MINUTE + (n % perMinute) * SECOND, n),
  )
}

async function reportOnADay() {
  const directory = mkdtempSync(join(tmpdir(), 'weir-bench-sparse-'))
  try {
    const file = join(directory, 'day.ndjson')
    writeFileSync(file, `${linesOf(DAY / MINUTE, DAY_LINES_A_MINUTE).join('\n')}\n`)
    const startedMs = performance.now()
    const child = spawn(process.execPath, [PROGRAM, 'report', '--format', 'json', file], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text
    })
    // A process takes its time along when it ends: the last reading of each is what it took.
    const cpu = new Map<number, number>()
    const watch = setInterval(() => {
      const pids = [child.pid as number, ...childrenOf(child.pid as number)]
      for (const pid of pids) cpu.set(pid, Math.max(cpu.get(pid) ?? 0, secondsOf(pid)))
    }, 50)
    await once(child, 'close')
    clearInterval(watch)
    const { lines, requests } = (JSON.parse(output) as { completeness: { lines: number; requests: number } }).completeness
    const cpu_s = [...cpu.values()].reduce((sum, seconds) => sum + seconds, 0)
    return { lines, requests, wall_s: (performance.now() - startedMs) / 1000, cpu_s }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** CPU seconds of a process so far; 0 when it is gone. */
function secondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}

async function backfill() {
  await using weir = await openStandaloneProcess()
  const lines = linesOf((BACKFILL_DAYS * DAY) / MINUTE - 120, 1)
  const before = cpuOf(weir.pid, weir.clickhousePid)
  const startedMs = performance.now()
  for (let from = 0; from < lines.length; from += BODY_LINES) await post(weir, lines.slice(from, from + BODY_LINES))
  await until(async () => (await settledRequests(weir)) >= lines.length)
  return {
    lines: lines.length,
    wall_s: (performance.now() - startedMs) / 1000,
    cpu_s: total(cpuBetween(before, cpuOf(weir.pid, weir.clickhousePid))),
  }
}

async function atRest(linesPerSecond: number) {
  await using weir = await openStandaloneProcess()
  const run = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      const next = delay(SECOND)
      const nowMs = Date.now()
      await post(
        weir,
        Array.from({ length: linesPerSecond }, (_, n) => lineOf(nowMs - n, n)),
      )
      await next
    }
  }
  // What starting leaves to do is over by then.
  await run(30)
  const [before, startedMs] = [cpuOf(weir.pid, weir.clickhousePid), performance.now()]
  await run(REST_SECONDS)
  const spent = cpuBetween(before, cpuOf(weir.pid, weir.clickhousePid))
  const seconds = (performance.now() - startedMs) / 1000
  const share = (value: number) => Math.round((1000 * value) / seconds) / 1000
  return {
    lines_per_s: linesPerSecond,
    cores: share(total(spent)),
    node: share(spent.node_main + spent.node_other),
    clickhouse: share(spent.clickhouse_other),
    merges: share(spent.clickhouse_merges),
  }
}

function total(cpu: CpuSeconds): number {
  return cpu.node_main + cpu.node_other + cpu.clickhouse_other + cpu.clickhouse_merges
}

async function post(weir: StandaloneProcess, lines: readonly string[]): Promise<void> {
  const answer = await fetch(`${weir.ingestUrl}/v1/access-logs`, { method: 'POST', body: lines.join('\n') })
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`)
}

async function settledRequests(weir: StandaloneProcess): Promise<number> {
  const to = new Date(Math.ceil(Date.now() / MINUTE) * MINUTE)
  const from = new Date(to.getTime() - 36 * DAY)
  const answer = await fetch(`${weir.apiUrl}/v1/usage?from=${from.toISOString()}&to=${to.toISOString()}&group_by=none`)
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
  const { rows } = (await answer.json()) as { rows: { requests: number }[] }
  return rows.reduce((sum, row) => sum + row.requests, 0)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(SECOND)
}

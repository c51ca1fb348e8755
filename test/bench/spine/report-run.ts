/** `npm run report` over a generated file, watched from outside. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildLinePool, renewBody } from './line-pool.ts'
import { childrenOf, residentMb } from './process-usage.ts'

/** What a report over a file came to. */
export interface ReportRun {
  file_mb: number
  lines: number
  minutes_covered: number
  wall_s: number
  lines_per_s: number
  /** Largest resident memory of node and ClickHouse together, MB. */
  peak_mb: number
  peak_node_mb: number
  /** Requests that the report counts; it must be all of them. */
  requests: number
  dead_letters: number
  exit_code: number | null
}

const PROGRAM = fileURLToPath(new URL('../../../services/cli/main.ts', import.meta.url))
const BODY_LINES = 45
const WATCH_EVERY_MS = 200
const DAY_MS = 86_400_000
const LIMIT_MS = 60 * 60_000

/** Writes a file of about `megabytes`, its lines spread evenly over `spreadMs` up to an hour ago, and reports on it. */
export async function runReport(megabytes: number, spreadMs: number, nodeArguments: readonly string[] = []): Promise<ReportRun> {
  const directory = mkdtempSync(join(tmpdir(), 'weir-bench-report-'))
  try {
    const file = join(directory, 'access.ndjson')
    const written = writeFile(file, megabytes, spreadMs)
    const child = spawn(process.execPath, [...nodeArguments, PROGRAM, 'report', '--format', 'json', file], {
      env: { PATH: process.env['PATH'], TMPDIR: directory },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: LIMIT_MS,
    })
    const startedMs = performance.now()
    let output = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text
    })
    let peakMb = 0
    let peakNodeMb = 0
    const watch = setInterval(() => {
      const pid = child.pid as number
      const nodeMb = residentMb(pid)
      peakNodeMb = Math.max(peakNodeMb, nodeMb)
      peakMb = Math.max(peakMb, nodeMb + childrenOf(pid).reduce((sum, childPid) => sum + residentMb(childPid), 0))
    }, WATCH_EVERY_MS)
    const [exitCode] = (await once(child, 'close')) as [number | null]
    clearInterval(watch)
    const wallS = (performance.now() - startedMs) / 1000
    const { requests = 0, dead_letters = 0 } = exitCode === 0 ? completenessOf(output) : {}
    return {
      ...written,
      minutes_covered: Math.round(spreadMs / 60_000),
      wall_s: wallS,
      lines_per_s: Math.round(written.lines / wallS),
      peak_mb: Math.round(peakMb),
      peak_node_mb: Math.round(peakNodeMb),
      requests,
      dead_letters,
      exit_code: exitCode,
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function completenessOf(output: string): { requests: number; dead_letters: number } {
  return (JSON.parse(output) as { completeness: { requests: number; dead_letters: number } }).completeness
}

function writeFile(path: string, megabytes: number, spreadMs: number): { file_mb: number; lines: number } {
  const pool = buildLinePool(BODY_LINES)
  const poolBytes = pool.reduce((sum, body) => sum + body.bytes.length, 0)
  const bodies = Math.ceil((megabytes * 1e6 * pool.length) / poolBytes)
  const endMs = Date.now() - DAY_MS / 24
  const file = openSync(path, 'w')
  let bytes = 0
  let lines = 0
  for (let index = 0; index < bodies; index++) {
    const body = pool[index % pool.length]
    if (body === undefined) break
    bytes += writeSync(file, renewBody(body, endMs - spreadMs + (spreadMs * (index + 1)) / bodies, Math.floor(index / pool.length)))
    lines += body.lines
  }
  closeSync(file)
  return { file_mb: Math.round(bytes / 1e6), lines }
}

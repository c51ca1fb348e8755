/** CPU and memory of processes as the Linux kernel counts them. */
import { readdirSync, readFileSync } from 'node:fs'

/** Kernel ticks per second that /proc counts CPU in: USER_HZ, 100 on every Linux that Node runs on (man 7 time). */
const TICKS_PER_SECOND = 100

/** Seconds of CPU so far, by part of Weir. */
export interface CpuSeconds {
  /** The one thread that runs ingest, event log, worker, settle and API. */
  node_main: number
  /** Garbage collection helpers, thread pool. */
  node_other: number
  clickhouse_merges: number
  clickhouse_other: number
}

/**
 * CPU of Weir's process and of its ClickHouse so far. Threads that ended take theirs along, so the rest of a process counts as `…_other`.
 */
export function cpuOf(weirPid: number, clickhousePid: number): CpuSeconds {
  const main = cpuSeconds(`/proc/${weirPid}/task/${weirPid}/stat`)
  const merges = threadsOf(clickhousePid).filter(thread => thread.name.startsWith('MergeMutate'))
  const mergeSeconds = merges.reduce((sum, thread) => sum + thread.seconds, 0)
  return {
    node_main: main,
    node_other: cpuSeconds(`/proc/${weirPid}/stat`) - main,
    clickhouse_merges: mergeSeconds,
    clickhouse_other: cpuSeconds(`/proc/${clickhousePid}/stat`) - mergeSeconds,
  }
}

/** What was spent between two readings. */
export function cpuBetween(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  return {
    node_main: after.node_main - before.node_main,
    node_other: after.node_other - before.node_other,
    clickhouse_merges: after.clickhouse_merges - before.clickhouse_merges,
    clickhouse_other: after.clickhouse_other - before.clickhouse_other,
  }
}

/** Resident memory in MB (10^6 bytes); 0 when the process is gone. */
export function residentMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024) / 1e6
  } catch {
    return 0
  }
}

/** Ids of the children of a process, whichever thread started them. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap(task =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return []
  }
}

function threadsOf(pid: number): { name: string; seconds: number }[] {
  return readdirSync(`/proc/${pid}/task`).flatMap(task => {
    try {
      const name = readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim()
      return [{ name, seconds: cpuSeconds(`/proc/${pid}/task/${task}/stat`) }]
    } catch {
      return []
    }
  })
}

function cpuSeconds(statFile: string): number {
  const text = readFileSync(statFile, 'utf8')
  // Fields after the name in brackets, which may hold spaces: utime and stime are the 14th and 15th of the line (man 5 proc).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

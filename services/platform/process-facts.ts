import { readFileSync } from 'node:fs'

/** What tells a running process from others, also from a later one with the same id. */
export interface ProcessFacts {
  pid: number
  parent: number
  /** Clock ticks since boot at which it started. */
  started: string
}

/** Parent and start of a process, from /proc (proc_pid_stat(5)); undefined: it has gone, is a zombie, or there is no /proc. */
export function processFacts(pid: number): ProcessFacts | undefined {
  const stat = textOf(`/proc/${pid}/stat`)
  // The name in brackets may itself hold spaces and brackets.
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (parent === undefined || state === 'Z') return undefined
  return { pid, parent: Number(parent), started: rest[17] ?? '' }
}

/** Its command line, a line for each argument; '' where it is not known. */
export function processCommand(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll('\0', '\n')
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

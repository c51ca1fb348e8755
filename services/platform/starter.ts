import { readFileSync } from 'node:fs'
import { SECOND } from './clock.ts'

/** How often the program that started this one is looked for. */
const LOOK_EVERY_MS = SECOND
/** npm, a shell, this process; one more for a wrapper. */
const MAX_GENERATIONS = 4

/**
 * Calls `stop` once when the program that started this one has gone: `weir` (bin/weir.mjs, by its channel) or npm. Either killed alone
 * would otherwise leave everything running without an owner. Started by anything else, or where there is no /proc, this does nothing.
 */
export function stopWithStarter(stop: () => void): void {
  if (process.channel) {
    process.channel.unref()
    process.once('disconnect', stop)
    return
  }
  const npm = npmAbove(process.ppid)
  if (npm === undefined) return
  const timer = setInterval(() => {
    if (factsOf(npm.pid)?.started === npm.started) return
    clearInterval(timer)
    stop()
  }, LOOK_EVERY_MS)
  timer.unref()
}

interface ProcessFacts {
  pid: number
  parent: number
  /** Clock ticks since boot at which it started: tells a process from a later one of the same id. */
  started: string
}

/** npm among the ancestors: npm names itself by its command, such as `npm start`. */
function npmAbove(pid: number): ProcessFacts | undefined {
  let facts = factsOf(pid)
  for (let generation = 0; facts !== undefined && generation < MAX_GENERATIONS; generation++) {
    if (/^npm( |$)|npm-cli\.js/m.test(commandOf(facts.pid))) return facts
    facts = factsOf(facts.parent)
  }
  return undefined
}

/** Parent and start of a process, from /proc (proc_pid_stat(5)); undefined: it has gone, is a zombie, or there is no /proc. */
function factsOf(pid: number): ProcessFacts | undefined {
  const stat = textOf(`/proc/${pid}/stat`)
  // The name in brackets may itself hold spaces and brackets.
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (parent === undefined || state === 'Z') return undefined
  return { pid, parent: Number(parent), started: rest[17] ?? '' }
}

function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll('\0', '\n')
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

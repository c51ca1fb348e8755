import { SECOND } from './clock.ts'
import { type ProcessFacts, processCommand, processFacts } from './process-facts.ts'

/** How often the program that started this one is looked for. */
const LOOK_EVERY_MS = SECOND
/** npm, a shell, this process; one more for a wrapper. */
const MAX_GENERATIONS = 4

/**
 * Calls `stop` once when the program that started this one has gone: `weir` (bin/weir.mjs, by its channel) or npm. Either killed alone
 * would otherwise leave everything running without an owner. Started by anything else, or where there is no /proc, this does nothing.
 * Disposing forgets it.
 * Disposing forgets it.
 */
export function stopWithStarter(stop: () => void): Disposable {
  if (process.channel) {
    process.channel.unref()
    process.once('disconnect', stop)
    return { [Symbol.dispose]: () => void process.off('disconnect', stop) }
  }
  const npm = npmAbove(process.ppid)
  if (npm === undefined) return { [Symbol.dispose]: () => undefined }
  const timer = setInterval(() => {
    if (processFacts(npm.pid)?.started === npm.started) return
    clearInterval(timer)
    stop()
  }, LOOK_EVERY_MS)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

/** npm among the ancestors: npm names itself by its command, such as `npm start`. */
function npmAbove(pid: number): ProcessFacts | undefined {
  let facts = processFacts(pid)
  for (let generation = 0; facts !== undefined && generation < MAX_GENERATIONS; generation++) {
    if (/^npm( |$)|npm-cli\.js/m.test(processCommand(facts.pid))) return facts
    facts = processFacts(facts.parent)
  }
  return undefined
}

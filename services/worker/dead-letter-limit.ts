import type { DeadLetter } from '../../schemas/dead-letter.ts'
import { MINUTE, type Now } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import { buildRefusalWindow, type RefusalWindow } from './refusal-window.ts'

/**
 * When too many lines are refused. The share of dead letters is taken over the last `sourceWindowLines` lines of each source, and over the
 * last `windowLines` lines of all; with fewer lines read nothing is decided. `maxRatio` 0 (or 1) means: never.
 */
export interface DeadLetterLimitConfig {
  maxRatio: number
  windowLines: number
  sourceWindowLines: number
}

/**
 * Counts lines and dead letters and says when a source is to be parked, so that what one sends never stops the others, and when it is time
 * to stop rather than drain the topic into dead letters: when many sources, none of them bad enough alone, send too many.
 *
 * The message that breaks the limit of all, and all that were not committed before it, stay uncommitted. A restart therefore reads them
 * again and stops again, until somebody mends the senders' lines or raises the limit (1 lets all of them become dead letters). Nothing is
 * skipped. So that repeated restarts do not drain the topic bit by bit, a start's lines are not committed while their share is over the
 * limit but too few to decide (`mayCommit` false), for at most a minute: a quiet topic with a few bad lines must move on.
 */
export interface DeadLetterLimit {
  /**
   * Counts one message. Gives why its source is to be parked, if it is; the source counts no more then. Throws WORKER_TOO_MANY_DEAD_LETTERS
   * when the limit of all is broken, naming the counts per code and one position.
   */
  add(source: string, lines: number, deadLetters: readonly DeadLetter[]): string | undefined
  /** Whether what was read so far may be acknowledged. */
  mayCommit(): boolean
}

const MAX_DOUBT_MS = MINUTE
/** Sources judged by themselves; beyond so many the one that was quiet for longest is judged anew when it comes again. */
const MAX_SOURCES = 10_000

/** Builds the limit with nothing counted. */
export function buildDeadLetterLimit(config: DeadLetterLimitConfig, deps: { now: Now }): DeadLetterLimit {
  const isOff = config.maxRatio === 0 || config.maxRatio >= 1
  const ofAll = buildRefusalWindow(config)
  const bySource = new Map<string, RefusalWindow>()
  let doubtSinceMs: number | undefined
  let isBroken = false
  const windowOf = (source: string) => {
    const known = bySource.get(source) ?? buildRefusalWindow({ maxRatio: config.maxRatio, windowLines: config.sourceWindowLines })
    bySource.delete(source)
    bySource.set(source, known)
    const [quietest] = bySource.keys()
    if (bySource.size > MAX_SOURCES && quietest !== undefined) bySource.delete(quietest)
    return known
  }
  const doubt = () => {
    if (!ofAll.isOver) doubtSinceMs = undefined
    else doubtSinceMs ??= deps.now()
  }
  return {
    add(source, lines, deadLetters) {
      if (isOff || lines === 0) return undefined
      const ofSource = windowOf(source)
      ofSource.add(source, lines, deadLetters)
      ofAll.add(source, lines, deadLetters)
      if (ofSource.isOver && ofSource.isFull) {
        bySource.delete(source)
        ofAll.forget(source)
        doubt()
        return ofSource.describe()
      }
      doubt()
      if (ofAll.isOver && ofAll.isFull) {
        isBroken = true
        throw tooMany(ofAll)
      }
      return undefined
    },
    mayCommit() {
      if (isBroken) return false
      if (doubtSinceMs === undefined) return true
      if (deps.now() - doubtSinceMs < MAX_DOUBT_MS) return false
      doubtSinceMs = deps.now()
      return true
    },
  }
}

function tooMany(window: RefusalWindow): AppError {
  return new AppError(
    'WORKER_TOO_MANY_DEAD_LETTERS',
    `${window.describe()}. They come from many sources. Nothing of this batch is committed: ` +
      'mend the senders, or let these lines become dead letters by starting with WEIR_WORKER_MAX_DEAD_LETTER_RATIO=1',
  )
}

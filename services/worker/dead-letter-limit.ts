import type { DeadLetter } from '../../schemas/dead-letter.ts'
import { MINUTE, type Now } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'

/**
 * When too many lines are refused. The share of dead letters is taken over the last `windowLines` lines; with fewer lines read nothing is
 * decided. `maxRatio` 0 (or 1) means: never stop.
 */
export interface DeadLetterLimitConfig {
  maxRatio: number
  windowLines: number
}

/**
 * Counts lines and dead letters and says when it is time to stop rather than drain the topic into dead letters.
 *
 * The message that breaks the limit, and all that were not committed before it, stay uncommitted. A restart therefore reads them again and
 * stops again, until somebody mends the sender's lines or raises the limit (1 lets all of them become dead letters). Nothing is skipped. So
 * that repeated restarts do not drain the topic bit by bit, a start's lines are not committed while their share is over the limit but too
 * few to decide (`mayCommit` false), for at most a minute: a quiet topic with a few bad lines must move on.
 */
export interface DeadLetterLimit {
  /** Counts one message. Throws WORKER_TOO_MANY_DEAD_LETTERS when the limit is broken, naming the counts per code and one position. */
  add(lines: number, deadLetters: readonly DeadLetter[]): void
  /** Whether what was read so far may be acknowledged. */
  mayCommit(): boolean
}

const MAX_DOUBT_MS = MINUTE

interface Count {
  lines: number
  refused: number
  codes: readonly string[]
}

/** Builds the limit with nothing counted. */
export function buildDeadLetterLimit(config: DeadLetterLimitConfig, deps: { now: Now }): DeadLetterLimit {
  const isOff = config.maxRatio === 0 || config.maxRatio >= 1
  const counts: Count[] = []
  let lines = 0
  let refused = 0
  let doubtSinceMs: number | undefined
  let isBroken = false
  let latest: DeadLetter | undefined
  const isOver = () => refused > config.maxRatio * lines
  return {
    add(newLines, deadLetters) {
      if (isOff || newLines === 0) return
      counts.push({ lines: newLines, refused: deadLetters.length, codes: deadLetters.map(letter => letter.code) })
      lines += newLines
      refused += deadLetters.length
      latest = deadLetters[0] ?? latest
      for (let oldest = counts[0]; oldest && lines - oldest.lines >= config.windowLines; oldest = counts[0]) {
        counts.shift()
        lines -= oldest.lines
        refused -= oldest.refused
      }
      if (!isOver()) doubtSinceMs = undefined
      else doubtSinceMs ??= deps.now()
      if (isOver() && lines >= config.windowLines) {
        isBroken = true
        throw tooMany(refused, lines, counts, latest)
      }
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

function tooMany(refused: number, lines: number, counts: readonly Count[], sample: DeadLetter | undefined): AppError {
  const byCode = new Map<string, number>()
  for (const code of counts.flatMap(count => count.codes)) byCode.set(code, (byCode.get(code) ?? 0) + 1)
  const codes = [...byCode].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`)
  const position =
    sample &&
    `, for example ${sample.topic} partition ${sample.partition} offset ${sample.offset} line ${sample.line_no}: ${sample.message}`
  return new AppError(
    'WORKER_TOO_MANY_DEAD_LETTERS',
    `${refused} of the last ${lines} lines were refused (${codes.join(', ')})${position ?? ''}. Nothing of this batch is committed: ` +
      'mend the sender, or let these lines become dead letters by starting with WEIR_WORKER_MAX_DEAD_LETTER_RATIO=1',
  )
}

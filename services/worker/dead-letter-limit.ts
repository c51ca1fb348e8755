import type { DeadLetter } from '../../schemas/dead-letter.ts'
import { MINUTE, type Now } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import { type Judged, wholeSender } from './judged.ts'
import { buildRefusalWindow, type RefusalWindow } from './refusal-window.ts'

/**
 * When too many lines are refused. The share of dead letters is taken over the last `sourceWindowLines` lines of each source, over the last
 * SENDER_WINDOWS times as many of each sender that chooses its sources, and over the last `windowLines` lines of all; with fewer lines read
 * nothing is decided. `maxRatio` 0 (or 1) means: never.
 */
export interface DeadLetterLimitConfig {
  maxRatio: number
  windowLines: number
  sourceWindowLines: number
}

/** What is to be parked: a source, or all that a sender sends. */
export interface ToPark {
  name: string
  reason: string
}

/**
 * Counts lines and dead letters and says when a source is to be parked, so that what one sends never stops the others, and when it is time
 * to stop rather than drain the topic into dead letters: when many senders, none of them bad enough alone, send too many. A sender that
 * chooses its sources is parked as a whole when too many of all its lines are refused, or too many of its sources are parked.
 *
 * The message that breaks the limit of all, and all that were not committed before it, stay uncommitted. A restart therefore reads them
 * again and stops again, until somebody mends the senders' lines or raises the limit (1 lets all of them become dead letters). Nothing is
 * skipped. So that repeated restarts do not drain the topic bit by bit, a start's lines are not committed while their share is over the
 * limit but too few to decide (`mayCommit` false), for at most a minute: a quiet topic with a few bad lines must move on.
 */
export interface DeadLetterLimit {
  /**
   * Counts one message. Gives what is to be parked for it, if anything is; that counts no more then. Throws WORKER_TOO_MANY_DEAD_LETTERS
   * when the limit of all is broken, naming the counts per code and one position.
   */
  add(judged: Judged, lines: number, deadLetters: readonly DeadLetter[]): ToPark | undefined
  /** Whether what was read so far may be acknowledged. */
  mayCommit(): boolean
}

/** What the limit needs; `parked`: the names of what is parked now. */
export interface DeadLetterLimitDeps {
  now: Now
  parked: () => readonly string[]
}

const MAX_DOUBT_MS = MINUTE
/** Sources, and senders, judged by themselves; beyond so many the one that was quiet for longest is judged anew when it comes again. */
const MAX_NAMES = 10_000
/** A sender's window: longer than that of a source, since one bad source among its good ones is to be parked alone. */
const SENDER_WINDOWS = 2
/** With so many of its sources parked a sender makes them up, or sends nothing that can be read. */
const MAX_PARKED_OF_SENDER = 20
/** Parked altogether. From then on no further source is parked: what it sends counts towards the limit of all. */
const MAX_PARKED = 1_000

/** Builds the limit with nothing counted. */
export function buildDeadLetterLimit(config: DeadLetterLimitConfig, deps: DeadLetterLimitDeps): DeadLetterLimit {
  const isOff = config.maxRatio === 0 || config.maxRatio >= 1
  const ofAll = buildRefusalWindow(config)
  const bySource = buildWindows(config.maxRatio, config.sourceWindowLines)
  const bySender = buildWindows(config.maxRatio, SENDER_WINDOWS * config.sourceWindowLines)
  let doubtSinceMs: number | undefined
  let isBroken = false
  const doubt = () => {
    if (!ofAll.isOver) doubtSinceMs = undefined
    else doubtSinceMs ??= deps.now()
  }
  const forget = ({ name, prefix }: Judged, isWhole: boolean) => {
    const isForgotten = (source: string) => source === name || (isWhole && prefix !== undefined && source.startsWith(prefix))
    bySource.forget(isForgotten)
    ofAll.forget(isForgotten)
    if (prefix === undefined) return
    if (isWhole) bySender.forget(one => one === prefix)
    else bySender.of(prefix).forget(isForgotten)
  }
  return {
    add(judged, lines, deadLetters) {
      if (isOff || lines === 0) return undefined
      const { name, prefix } = judged
      const ofSource = bySource.of(name)
      const ofSender = prefix === undefined ? undefined : bySender.of(prefix)
      for (const window of [ofSource, ofSender, ofAll]) window?.add(name, lines, deadLetters)
      const toPark = whatToPark(judged, ofSource, ofSender, deps.parked)
      if (toPark !== undefined) forget(judged, toPark.name !== name)
      doubt()
      if (toPark === undefined && ofAll.isOver && ofAll.isFull) {
        isBroken = true
        throw tooMany(ofAll)
      }
      return toPark
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

function whatToPark(
  { name, prefix }: Judged,
  ofSource: RefusalWindow,
  ofSender: RefusalWindow | undefined,
  parked: () => readonly string[],
): ToPark | undefined {
  if (ofSource.isOver && ofSource.isFull) {
    const names = parked()
    const ofIts = prefix === undefined ? 0 : names.filter(one => one.startsWith(prefix)).length
    if (prefix !== undefined && ofIts >= MAX_PARKED_OF_SENDER)
      return { name: wholeSender(prefix), reason: `${ofIts} of its sources are parked, and of one more ${ofSource.describe()}` }
    if (names.length < MAX_PARKED) return { name, reason: ofSource.describe() }
  }
  if (prefix !== undefined && ofSender?.isOver && ofSender.isFull)
    return { name: wholeSender(prefix), reason: `of all its sources ${ofSender.describe()}` }
  return undefined
}

/** A window for each name; of those beyond MAX_NAMES that were quiet for longest nothing is known. */
function buildWindows(maxRatio: number, windowLines: number) {
  const windows = new Map<string, RefusalWindow>()
  return {
    of(name: string): RefusalWindow {
      const known = windows.get(name) ?? buildRefusalWindow({ maxRatio, windowLines })
      windows.delete(name)
      windows.set(name, known)
      const [quietest] = windows.keys()
      if (windows.size > MAX_NAMES && quietest !== undefined) windows.delete(quietest)
      return known
    },
    forget(isForgotten: (name: string) => boolean) {
      for (const name of windows.keys()) if (isForgotten(name)) windows.delete(name)
    },
  }
}

function tooMany(window: RefusalWindow): AppError {
  return new AppError(
    'WORKER_TOO_MANY_DEAD_LETTERS',
    `${window.describe()}. They come from many senders. Nothing of this batch is committed: ` +
      'mend the senders, or let these lines become dead letters by starting with WEIR_WORKER_MAX_DEAD_LETTER_RATIO=1',
  )
}

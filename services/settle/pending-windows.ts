import type { WindowTouched } from '../../schemas/window-events.ts'

/**
 * When a touched window is settled: after `quietMs` without a further touch, and `busyMs` after its first touch at the latest, but not
 * before `restUntilMs`.
 */
export interface PendingConfig {
  quietMs: number
  busyMs: number
  restUntilMs: number
}

/** A window that waits to be settled or is being settled, with what its touches said. */
export interface PendingWindow {
  windowStartMs: number
  /** New rows came; false: only a dependency or other prices asked for it. */
  hasNewRows: boolean
  oldestReceivedAtMs: number
  touches: number
  /** Raw rows that its touches told of. */
  rows: number
}

/**
 * Which windows are to be settled and which offsets of the touched topic may be committed. Pure bookkeeping: time comes in as a
 * parameter.
 */
export interface PendingWindows {
  touch(event: WindowTouched, position: TouchPosition, nowMs: number): void
  /** The message at this position asks for nothing. */
  pass(position: TouchPosition): void
  /** Takes the windows that are due, at most `limit`, longest first; touches that come from now on make them pending anew. */
  takeDue(nowMs: number, config: PendingConfig, limit: number): PendingWindow[]
  /** When the next window becomes due, ms; undefined: none waits. */
  nextDueMs(config: PendingConfig): number | undefined
  /** The taken window is published. */
  finish(windowStartMs: number): void
  /** The taken window could not be settled: it is due again at `retryAtMs`. */
  putBack(windowStartMs: number, retryAtMs: number): void
  /** Next offset to commit of every partition that was read: nothing below it waits. */
  committable(): ReadonlyMap<number, number>
  /** Partitions were taken away: their windows are another member's now, and windows that no other partition asked for are dropped. */
  forget(partitions: readonly number[]): void
  readonly waiting: number
}

/** Where in the touched topic a message lies. */
export interface TouchPosition {
  partition: number
  offset: number
}

interface Entry extends PendingWindow {
  firstTouchMs: number
  lastTouchMs: number
  notBeforeMs: number
  /**
   * Partition → lowest offset of its touches. Nearly always one partition; two when partitions were added or a producer places keys
   * otherwise.
   */
  lowestOffsets: Map<number, number>
}

/** Builds an empty book of pending windows. */
export function buildPendingWindows(): PendingWindows {
  const waiting = new Map<number, Entry>()
  const taken = new Map<number, Entry>()
  const readUpTo = new Map<number, number>()

  return {
    touch(event, position, nowMs) {
      readUpTo.set(position.partition, position.offset + 1)
      waiting.set(event.window_start_ms, merged(waiting.get(event.window_start_ms), entryOf(event, position, nowMs)))
    },
    pass({ partition, offset }) {
      readUpTo.set(partition, offset + 1)
    },
    takeDue(nowMs, config, limit) {
      const due = [...waiting.values()]
        .filter(entry => !taken.has(entry.windowStartMs) && dueMs(entry, config) <= nowMs)
        .sort((a, b) => a.firstTouchMs - b.firstTouchMs)
        .slice(0, limit)
      for (const entry of due) {
        waiting.delete(entry.windowStartMs)
        taken.set(entry.windowStartMs, entry)
      }
      return due
    },
    nextDueMs(config) {
      let next: number | undefined
      for (const entry of waiting.values()) next = Math.min(next ?? Number.POSITIVE_INFINITY, dueMs(entry, config))
      return next
    },
    finish(windowStartMs) {
      taken.delete(windowStartMs)
    },
    putBack(windowStartMs, retryAtMs) {
      const entry = taken.get(windowStartMs)
      if (entry === undefined) return
      taken.delete(windowStartMs)
      const newer = waiting.get(windowStartMs)
      if (entry.lowestOffsets.size === 0 && newer === undefined) return
      waiting.set(windowStartMs, { ...(newer === undefined ? entry : merged(entry, newer)), notBeforeMs: retryAtMs })
    },
    committable() {
      const positions = new Map(readUpTo)
      for (const entry of [...waiting.values(), ...taken.values()]) {
        for (const [partition, offset] of entry.lowestOffsets) {
          const position = positions.get(partition)
          if (position !== undefined && offset < position) positions.set(partition, offset)
        }
      }
      return positions
    },
    forget(partitions) {
      for (const partition of partitions) {
        readUpTo.delete(partition)
        for (const entry of [...waiting.values(), ...taken.values()]) entry.lowestOffsets.delete(partition)
      }
      for (const [start, entry] of waiting) if (entry.lowestOffsets.size === 0) waiting.delete(start)
    },
    get waiting() {
      return waiting.size
    },
  }
}

function entryOf(event: WindowTouched, position: TouchPosition, nowMs: number): Entry {
  return {
    windowStartMs: event.window_start_ms,
    hasNewRows: event.cause === 'rows',
    oldestReceivedAtMs: event.oldest_received_at_ms,
    touches: 1,
    rows: event.rows,
    firstTouchMs: nowMs,
    lastTouchMs: nowMs,
    notBeforeMs: 0,
    lowestOffsets: new Map([[position.partition, position.offset]]),
  }
}

/** One entry for both: `later` came after `before`. */
function merged(before: Entry | undefined, later: Entry): Entry {
  if (before === undefined) return later
  const lowestOffsets = new Map(before.lowestOffsets)
  for (const [partition, offset] of later.lowestOffsets)
    lowestOffsets.set(partition, Math.min(offset, lowestOffsets.get(partition) ?? offset))
  return {
    windowStartMs: before.windowStartMs,
    hasNewRows: before.hasNewRows || later.hasNewRows,
    oldestReceivedAtMs: Math.min(before.oldestReceivedAtMs, later.oldestReceivedAtMs),
    touches: before.touches + later.touches,
    rows: before.rows + later.rows,
    firstTouchMs: before.firstTouchMs,
    lastTouchMs: later.lastTouchMs,
    notBeforeMs: Math.max(before.notBeforeMs, later.notBeforeMs),
    lowestOffsets,
  }
}

function dueMs(entry: Entry, config: PendingConfig): number {
  return Math.max(config.restUntilMs, entry.notBeforeMs, Math.min(entry.lastTouchMs + config.quietMs, entry.firstTouchMs + config.busyMs))
}

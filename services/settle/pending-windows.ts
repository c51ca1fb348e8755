import type { WindowTouched } from '../../schemas/window-events.ts'

/** When a touched window is settled: after `quietMs` without a further touch, and `busyMs` after its first touch at the latest. */
export interface PendingConfig {
  quietMs: number
  busyMs: number
}

/** A window that waits to be settled or is being settled, with what its touches said. */
export interface PendingWindow {
  windowStartMs: number
  /** New rows came; false: only a dependency asked for it. */
  hasNewRows: boolean
  oldestReceivedAtMs: number
  touches: number
}

/** Which windows are to be settled and which offsets of the touched topic may be committed. Pure bookkeeping: time comes in as a parameter. */
export interface PendingWindows {
  touch(event: WindowTouched, position: { partition: number; offset: number }, nowMs: number): void
  /** Takes the window that has been due longest, if one is due; touches that come from now on make it pending anew. */
  takeDue(nowMs: number, config: PendingConfig): PendingWindow | undefined
  /** When the next window becomes due, ms; undefined: none waits. */
  nextDueMs(config: PendingConfig): number | undefined
  /** The taken window is published. */
  finish(windowStartMs: number): void
  /** The taken window could not be settled: it is due again at `retryAtMs`. */
  putBack(windowStartMs: number, retryAtMs: number): void
  /** Next offset to commit of every partition that was read: nothing below it waits. */
  committable(): ReadonlyMap<number, number>
  /** Partitions were taken away: their windows are another member's now. */
  forget(partitions: readonly number[]): void
  readonly waiting: number
}

interface Entry extends PendingWindow {
  firstTouchMs: number
  lastTouchMs: number
  notBeforeMs: number
  partition: number
  lowestOffset: number
}

/** Builds an empty book of pending windows. */
export function buildPendingWindows(): PendingWindows {
  const waiting = new Map<number, Entry>()
  const taken = new Map<number, Entry>()
  const readUpTo = new Map<number, number>()

  return {
    touch(event, position, nowMs) {
      readUpTo.set(position.partition, position.offset + 1)
      waiting.set(event.window_start_ms, merged(waiting.get(event.window_start_ms), event, position, nowMs))
    },
    takeDue(nowMs, config) {
      let longest: Entry | undefined
      for (const entry of waiting.values()) {
        if (taken.has(entry.windowStartMs) || dueMs(entry, config) > nowMs) continue
        if (longest === undefined || entry.firstTouchMs < longest.firstTouchMs) longest = entry
      }
      if (longest === undefined) return undefined
      waiting.delete(longest.windowStartMs)
      taken.set(longest.windowStartMs, longest)
      return longest
    },
    nextDueMs(config) {
      const times = [...waiting.values()].map(entry => dueMs(entry, config))
      return times.length === 0 ? undefined : Math.min(...times)
    },
    finish(windowStartMs) {
      taken.delete(windowStartMs)
    },
    putBack(windowStartMs, retryAtMs) {
      const entry = taken.get(windowStartMs)
      if (entry === undefined) return
      taken.delete(windowStartMs)
      const newer = waiting.get(windowStartMs)
      waiting.set(windowStartMs, {
        ...entry,
        notBeforeMs: retryAtMs,
        hasNewRows: entry.hasNewRows || (newer?.hasNewRows ?? false),
        touches: entry.touches + (newer?.touches ?? 0),
        oldestReceivedAtMs: Math.min(entry.oldestReceivedAtMs, newer?.oldestReceivedAtMs ?? Number.POSITIVE_INFINITY),
      })
    },
    committable() {
      const positions = new Map(readUpTo)
      for (const entry of [...waiting.values(), ...taken.values()]) {
        const position = positions.get(entry.partition)
        if (position !== undefined && entry.lowestOffset < position) positions.set(entry.partition, entry.lowestOffset)
      }
      return positions
    },
    forget(partitions) {
      for (const partition of partitions) readUpTo.delete(partition)
      for (const [start, entry] of waiting) if (partitions.includes(entry.partition)) waiting.delete(start)
    },
    get waiting() {
      return waiting.size
    },
  }
}

function merged(before: Entry | undefined, event: WindowTouched, position: { partition: number; offset: number }, nowMs: number): Entry {
  return {
    windowStartMs: event.window_start_ms,
    hasNewRows: event.cause === 'rows' || (before?.hasNewRows ?? false),
    oldestReceivedAtMs: Math.min(event.oldest_received_at_ms, before?.oldestReceivedAtMs ?? Number.POSITIVE_INFINITY),
    touches: (before?.touches ?? 0) + 1,
    firstTouchMs: before?.firstTouchMs ?? nowMs,
    lastTouchMs: nowMs,
    notBeforeMs: before?.notBeforeMs ?? 0,
    partition: position.partition,
    lowestOffset: before?.partition === position.partition ? Math.min(before.lowestOffset, position.offset) : position.offset,
  }
}

function dueMs(entry: Entry, config: PendingConfig): number {
  return Math.max(entry.notBeforeMs, Math.min(entry.lastTouchMs + config.quietMs, entry.firstTouchMs + config.busyMs))
}

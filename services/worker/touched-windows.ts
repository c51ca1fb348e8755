import { attemptsRaw, engineSamplesRaw, gpuSamplesRaw } from '../../schemas/tables.ts'
import type { WindowTouched } from '../../schemas/window-events.ts'
import { SECOND } from '../platform/clock.ts'
import type { Cells, RawTable } from './raw-tables.ts'

/** The rows of a batch whose windows are settled; those that are packed were counted before. */
export interface TouchingRows {
  attempts: readonly Cells[]
  packed: { windows: ReadonlyMap<number, WindowTouched> }
  samples: readonly Cells[]
  gpuSamples: readonly Cells[]
}

/**
 * One WindowTouched per distinct window of the rows, ordered by window: how many rows, and when the oldest of them was
 * received. Readings of gateways touch
 * none: nothing is settled from them.
 */
export function touchedWindows(batch: TouchingRows): readonly WindowTouched[] {
  const windows = new Map([...batch.packed.windows].map(([start, window]) => [start, { ...window }]))
  countWindows(windows, attemptsRaw, batch.attempts)
  countWindows(windows, engineSamplesRaw, batch.samples)
  countWindows(windows, gpuSamplesRaw, batch.gpuSamples)
  return [...windows.values()].sort((a, b) => a.window_start_ms - b.window_start_ms)
}

/** Adds the rows to the windows (by start, ms) that they touch. */
export function countWindows(windows: Map<number, WindowTouched>, table: RawTable, rows: readonly Cells[]): void {
  const windowAt = table.columns.indexOf('window_start')
  const receivedAt = table.columns.indexOf('received_at')
  for (const cells of rows) {
    const window_start_ms = (cells[windowAt] as number) * SECOND
    const received_at = cells[receivedAt] as number
    const known = windows.get(window_start_ms)
    if (known === undefined) {
      windows.set(window_start_ms, { window_start_ms, cause: 'rows', rows: 1, oldest_received_at_ms: received_at })
    } else {
      known.rows += 1
      if (received_at < known.oldest_received_at_ms) known.oldest_received_at_ms = received_at
    }
  }
}

import type { WrittenTable } from '../../schemas/table-spec.ts'
import { engineSamplesRaw, gatewaySamplesRaw, gpuSamplesRaw } from '../../schemas/tables.ts'
import { SECOND } from '../platform/clock.ts'

/** A row as ClickHouse takes it: one cell per column of its table, in table order. */
export type Cells = unknown[]

/** A table that the worker writes: its name and the columns written, in table order. */
export type RawTable = Pick<WrittenTable, 'name' | 'columns'>

/** The tables of readings, by the kind of sample under which batches hold their rows, in the order of writing. */
export const sampleTables = {
  samples: engineSamplesRaw,
  gpuSamples: gpuSamplesRaw,
  gatewaySamples: gatewaySamplesRaw,
} as const satisfies Record<string, RawTable>
/** A kind of sample. */
export type SampleKind = keyof typeof sampleTables
/** The kinds of sample, in the order of writing. */
export const sampleKinds = Object.keys(sampleTables) as readonly SampleKind[]

/** The row's cells. `window_start` is a DateTime column and goes out in seconds; every other time stays in milliseconds. */
export function cellsFrom(table: RawTable, row: object): Cells {
  const { columns } = table
  const cells = new Array<unknown>(columns.length)
  for (let index = 0; index < columns.length; index++) cells[index] = (row as Record<string, unknown>)[columns[index] as string]
  if (columns[0] === 'window_start') cells[0] = (cells[0] as number) / SECOND
  return cells
}

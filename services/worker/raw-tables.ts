import { attemptColumns } from '../../schemas/attempt.ts'
import { deadLetterColumns } from '../../schemas/dead-letter.ts'
import { engineSampleColumns } from '../../schemas/engine-sample.ts'
import { gatewaySampleColumns } from '../../schemas/gateway-sample.ts'
import { gpuSampleColumns } from '../../schemas/gpu-sample.ts'
import { messageReadColumns } from '../../schemas/message-read.ts'
import { SECOND } from '../platform/clock.ts'

/** A row as ClickHouse takes it: one cell per column of its table, in table order. */
export type Cells = unknown[]

/** A table that the worker writes: its name and the columns written, in table order. */
export interface RawTable {
  name: string
  columns: readonly string[]
}

/** One row per attempt. */
export const attemptsRaw: RawTable = { name: 'attempts_raw', columns: attemptColumns }
/** One row per reading of a model server. */
export const engineSamplesRaw = { name: 'engine_samples_raw', columns: engineSampleColumns } as const satisfies RawTable
/** One row per reading of a GPU. */
export const gpuSamplesRaw = { name: 'gpu_samples_raw', columns: gpuSampleColumns } as const satisfies RawTable
/** One row per reading of a gateway's or endpoint picker's own counters. */
export const gatewaySamplesRaw = { name: 'gateway_samples_raw', columns: gatewaySampleColumns } as const satisfies RawTable
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
/** Refused lines, whole. */
export const deadLetters: RawTable = { name: 'dead_letters', columns: deadLetterColumns }
/** The ledger: one row per message read. */
export const messagesRead: RawTable = { name: 'messages_read', columns: messageReadColumns }

/** The row's cells. `window_start` is a DateTime column and goes out in seconds; every other time stays in milliseconds. */
export function cellsFrom(table: RawTable, row: object): Cells {
  const { columns } = table
  const cells = new Array<unknown>(columns.length)
  for (let index = 0; index < columns.length; index++) cells[index] = (row as Record<string, unknown>)[columns[index] as string]
  if (columns[0] === 'window_start') cells[0] = (cells[0] as number) / SECOND
  return cells
}

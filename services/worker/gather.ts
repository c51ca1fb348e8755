import type { DeadLetter } from '../../schemas/dead-letter.ts'
import type { MessageRead } from '../../schemas/message-read.ts'
import type { ParkedMessage } from '../../schemas/parked-message.ts'
import { attemptsRaw } from '../../schemas/tables.ts'
import type { WindowTouched } from '../../schemas/window-events.ts'
import type { LogRecord } from '../platform/event-log/port.ts'
import type { DecodedMessage } from './decode/decode-message.ts'
import { addEnd, type LineEnd } from './decode/line-ends.ts'
import type { Packing } from './packing.ts'
import { type Cells, cellsFrom, type SampleKind, sampleKinds, sampleTables } from './raw-tables.ts'
import { countWindows } from './touched-windows.ts'

/** The next offset to read, by topic and partition: everything before it is in this batch or an earlier one. */
export type NextOffsets = Map<string, Map<number, number>>

/** What is inserted and acknowledged together. */
export interface Batch extends Record<SampleKind, Cells[]> {
  /** Rows of attempts that are not packed. */
  attempts: Cells[]
  packed: PackedAttempts
  deadLetters: DeadLetter[]
  /** Messages of parked sources. */
  parked: ParkedMessage[]
  ledger: MessageRead[]
  /** The messages themselves, for the whole line of a row that ClickHouse refuses. */
  records: LogRecord[]
  nextOffsets: NextOffsets
  /** In which step of decoding its lines ended, and how. */
  ends: LineEnd[]
  /** Series that no table names, by the product whose exposition had them. */
  unknownSeries: Map<string, number>
  /** Size of the messages, bytes, and of the lines of dead letters: a refused OTLP record is kept with its resource, each again. */
  sizeBytes: number
}

/** Rows of attempts that are ready to be inserted. */
export interface PackedAttempts {
  blocks: Buffer[]
  rows: number
  /** The messages that they came from, which are decoded again should the server refuse a block. */
  records: LogRecord[]
  /** The windows that they touch. */
  windows: Map<number, WindowTouched>
}

/** When a batch is handed over: whichever comes first. */
export interface GatherConfig {
  maxRows: number
  maxSizeBytes: number
  /** Time since the first message of the batch, milliseconds. */
  maxAgeMs: number
  /**
   * A batch that has so many rows by then may grow for as long again, twice: many rows come, and in few large parts they cost the
   * server half. Default: none has.
   */
  manyRows?: number
}

/** How much longer a batch of many rows may grow. */
const MANY_ROWS_FACTOR = 3

/** Gathers messages of all partitions into one batch while another one is being written. */
export interface Gatherer {
  /**
   * Waits until there is room, then decodes the message and takes it; false: closed, nothing was taken. A full
   * batch that nobody takes keeps it
   * waiting: back-pressure. Rejects with what `decode` throws. Decoding waits too, so that no more than one batch is
   * held whoever else waits for room.
   */
  add(record: LogRecord, decode: (record: LogRecord) => DecodedMessage | Promise<DecodedMessage>): Promise<boolean>
  /** Gives the batch when it is full, old enough or the gatherer is closed; undefined when closed and nothing is left. */
  take(): Promise<Batch | undefined>
  /** Gives offsets back that were taken but must be acknowledged later, with the next batch. */
  giveBack(offsets: NextOffsets): void
  /** Takes no more messages; what is there can still be taken. */
  close(): void
  readonly isEmpty: boolean
}

/** Builds an empty gatherer; with `packing` it packs what it can. */
export function buildGatherer(config: GatherConfig, packing?: Pick<Packing, 'pack'>): Gatherer {
  let filling = emptyBatch()
  let isOld = false
  let isClosed = false
  let underWay = 0
  let ageTimer: NodeJS.Timeout | undefined
  let changed = Promise.withResolvers<void>()
  const wake = () => {
    changed.resolve()
    changed = Promise.withResolvers<void>()
  }
  const age = () => {
    isOld = true
    wake()
  }
  const grow = () => {
    ageTimer ??= setTimeout(() => {
      if (rowCount(filling) < (config.manyRows ?? Number.POSITIVE_INFINITY)) age()
      else ageTimer = setTimeout(age, (MANY_ROWS_FACTOR - 1) * config.maxAgeMs)
    }, config.maxAgeMs)
  }
  const isFull = () => rowCount(filling) >= config.maxRows || filling.sizeBytes >= config.maxSizeBytes
  return {
    async add(record, decode) {
      while (!isClosed && isFull()) await changed.promise
      if (isClosed) return false
      underWay += 1
      try {
        const decoding = decode(record)
        const decoded = decoding instanceof Promise ? await decoding : decoding
        // Not before: what was the batch when decoding began may have been taken since.
        addTo(filling, record, decoded, packing)
      } finally {
        underWay -= 1
        if (isClosed) wake()
      }
      grow()
      if (isFull()) wake()
      return true
    },
    async take() {
      // A closed gatherer still waits for what is being decoded: it was read, and would else be read again.
      while (!(isClosed ? underWay === 0 : isOld || isFull())) await changed.promise
      if (isClosed && isEmpty(filling)) return undefined
      const taken = filling
      filling = emptyBatch()
      isOld = false
      clearTimeout(ageTimer)
      ageTimer = undefined
      wake()
      return taken
    },
    giveBack(offsets) {
      if (isClosed || offsets.size === 0) return
      grow()
      for (const [topic, partitions] of offsets)
        for (const [partition, next] of partitions) cover(filling.nextOffsets, topic, partition, next)
    },
    close() {
      isClosed = true
      clearTimeout(ageTimer)
      wake()
    },
    get isEmpty() {
      return isEmpty(filling)
    },
  }
}

function emptyBatch(): Batch {
  return {
    attempts: [],
    packed: { blocks: [], rows: 0, records: [], windows: new Map() },
    samples: [],
    gpuSamples: [],
    gatewaySamples: [],
    deadLetters: [],
    parked: [],
    ledger: [],
    records: [],
    ends: [],
    unknownSeries: new Map(),
    nextOffsets: new Map(),
    sizeBytes: 0,
  }
}

function rowCount(batch: Batch): number {
  const samples = sampleKinds.reduce((count, kind) => count + batch[kind].length, 0)
  return batch.attempts.length + batch.packed.rows + samples + batch.deadLetters.length
}

function isEmpty(batch: Batch): boolean {
  return batch.nextOffsets.size === 0
}

function addTo(batch: Batch, record: LogRecord, decoded: DecodedMessage, packing: Pick<Packing, 'pack'> | undefined): void {
  addAttempts(batch, record, decoded, packing)
  for (const kind of sampleKinds) for (const row of decoded[kind] ?? []) batch[kind].push(cellsFrom(sampleTables[kind], row))
  const { unknownSeries } = decoded
  if (unknownSeries !== undefined && unknownSeries.count > 0) {
    const { product, count } = unknownSeries
    batch.unknownSeries.set(product, (batch.unknownSeries.get(product) ?? 0) + count)
  }
  for (const deadLetter of decoded.deadLetters) {
    batch.deadLetters.push(deadLetter)
    batch.sizeBytes += deadLetter.line.length
  }
  if (decoded.parked !== undefined) batch.parked.push(decoded.parked)
  batch.ledger.push(decoded.ledger)
  for (const end of decoded.ends) addEnd(batch.ends, end)
  batch.records.push(record)
  batch.sizeBytes += record.value.byteLength
  cover(batch.nextOffsets, record.topic, record.partition, record.offset + 1)
}

function addAttempts(batch: Batch, record: LogRecord, { attempts }: DecodedMessage, packing: Pick<Packing, 'pack'> | undefined): void {
  if (attempts.length === 0) return
  const rows = attempts.map(row => cellsFrom(attemptsRaw, row))
  const block = packing?.pack(rows)
  if (block === undefined) {
    for (const cells of rows) batch.attempts.push(cells)
    return
  }
  const { packed } = batch
  packed.blocks.push(block)
  packed.rows += rows.length
  packed.records.push(record)
  countWindows(packed.windows, attemptsRaw, rows)
}

function cover(offsets: NextOffsets, topic: string, partition: number, next: number): void {
  const partitions = offsets.get(topic) ?? new Map<number, number>()
  offsets.set(topic, partitions)
  partitions.set(partition, Math.max(next, partitions.get(partition) ?? 0))
}

import { AppError } from '../../services/platform/errors.ts'
import type { ConsumeHandlers, ConsumeOptions, Consumer, LogRecord } from '../../services/platform/event-log/port.ts'

/** One partition: records `first … end-1`. */
export interface MemoryPartition {
  first: number
  records: LogRecord[]
}

/** Consumer groups of the in-memory log. */
export interface Groups {
  join(options: ConsumeOptions, handlers: ConsumeHandlers): Consumer
  committed(group: string, topic: string, partition: number): number | undefined
  /** Stores a position without a member, as an operator's tool would. */
  setCommitted(group: string, topic: string, partition: number, offset: number): void
  /** New records are there. */
  wake(): void
  /** Partitions were added. */
  rebalance(): void
  close(): Promise<void>
}

/** A partition that a member reads. `isOwned` false: taken away; its loop ends. */
interface Tenure {
  topic: string
  partition: number
  position: number
  isOwned: boolean
  loop: Promise<void>
}

interface Member {
  options: ConsumeOptions
  handlers: ConsumeHandlers
  tenures: Map<string, Tenure>
  stop(error?: unknown): void
}

type Partitions = (topic: string) => readonly MemoryPartition[]

const DEFAULT_BATCH_BYTES = 1024 * 1024
const keyOf = (topic: string, partition: number) => `${topic}/${partition}`

/** Builds the groups over the partitions of a log. */
export function buildGroups({ partitionsOf }: { partitionsOf: Partitions }): Groups {
  const members = new Map<string, Member[]>()
  const positions = new Map<string, Map<string, number>>()
  const sleepers = new Set<() => void>()
  const wake = () => {
    for (const resume of [...sleepers]) resume()
  }
  const sleep = () =>
    new Promise<void>(resolve => {
      const resume = () => {
        sleepers.delete(resume)
        resolve()
      }
      sleepers.add(resume)
    })
  const committedOf = (group: string) => {
    const committed = positions.get(group) ?? new Map<string, number>()
    positions.set(group, committed)
    return committed
  }
  const startTenure = (member: Member, topic: string, partition: number) => {
    const position =
      committedOf(member.options.group).get(keyOf(topic, partition)) ?? (partitionsOf(topic)[partition] as MemoryPartition).first
    const tenure: Tenure = { topic, partition, position, isOwned: true, loop: Promise.resolve() }
    tenure.loop = runTenure(tenure, member, { partitionsOf, sleep })
    return tenure
  }
  const rebalanceGroup = (group: string) => {
    const all = members.get(group) ?? []
    for (const topic of new Set(all.flatMap(member => member.options.topics)))
      assignTopic(topic, all, partitionsOf(topic).length, startTenure)
    wake()
  }
  return {
    join: (options, handlers) =>
      joinGroup(options, handlers, { members, committed: committedOf(options.group), rebalance: () => rebalanceGroup(options.group) }),
    committed: (group, topic, partition) => positions.get(group)?.get(keyOf(topic, partition)),
    setCommitted: (group, topic, partition, offset) => void committedOf(group).set(keyOf(topic, partition), offset),
    wake,
    rebalance: () => {
      for (const group of members.keys()) rebalanceGroup(group)
    },
    async close() {
      for (const member of [...members.values()].flat()) member.stop()
      wake()
    },
  }
}

function joinGroup(
  options: ConsumeOptions,
  handlers: ConsumeHandlers,
  group: { members: Map<string, Member[]>; committed: Map<string, number>; rebalance: () => void },
): Consumer {
  const { promise: stopped, resolve, reject } = Promise.withResolvers<void>()
  stopped.catch(() => {})
  const member: Member = {
    options,
    handlers,
    tenures: new Map(),
    stop(error) {
      const others = (group.members.get(options.group) ?? []).filter(other => other !== member)
      group.members.set(options.group, others)
      endTenures(member, [...member.tenures.keys()])
      group.rebalance()
      if (error === undefined) resolve()
      else reject(error)
    },
  }
  group.members.set(options.group, [...(group.members.get(options.group) ?? []), member])
  group.rebalance()
  const owns = (topic: string, partition: number) => member.tenures.has(keyOf(topic, partition))
  return {
    stopped,
    owns,
    async commit(topic, partition, nextOffset) {
      if (!owns(topic, partition)) throw new AppError('EVENT_LOG_NOT_OWNER', `this member does not own ${topic}/${partition}`)
      const key = keyOf(topic, partition)
      group.committed.set(key, Math.max(nextOffset, group.committed.get(key) ?? 0))
    },
    async [Symbol.asyncDispose]() {
      const loops = [...member.tenures.values()].map(tenure => tenure.loop)
      member.stop()
      await Promise.all(loops)
    },
  }
}

/** Gives partition p of a topic to member p mod n; tells both sides, the losing one first. */
function assignTopic(
  topic: string,
  all: readonly Member[],
  partitionCount: number,
  startTenure: (member: Member, topic: string, partition: number) => Tenure,
): void {
  const readers = all.filter(member => member.options.topics.includes(topic))
  const wanted = new Map(
    readers.map((reader, index) => [reader, [...Array(partitionCount).keys()].filter(p => p % readers.length === index)]),
  )
  for (const [reader, partitions] of wanted) {
    const kept = new Set(partitions.map(partition => keyOf(topic, partition)))
    endTenures(
      reader,
      [...reader.tenures.values()]
        .filter(tenure => tenure.topic === topic && !kept.has(keyOf(topic, tenure.partition)))
        .map(t => keyOf(topic, t.partition)),
    )
  }
  for (const [reader, partitions] of wanted) {
    const fresh = partitions.filter(partition => !reader.tenures.has(keyOf(topic, partition)))
    if (fresh.length > 0) reader.handlers.onAssigned?.(topic, fresh)
    for (const partition of fresh) reader.tenures.set(keyOf(topic, partition), startTenure(reader, topic, partition))
  }
}

function endTenures(member: Member, keys: readonly string[]): void {
  const ended = keys.flatMap(key => member.tenures.get(key) ?? [])
  for (const [topic, tenures] of Map.groupBy(ended, tenure => tenure.topic)) {
    member.handlers.onRevoked?.(
      topic,
      tenures.map(tenure => tenure.partition),
    )
  }
  for (const tenure of ended) {
    tenure.isOwned = false
    member.tenures.delete(keyOf(tenure.topic, tenure.partition))
  }
}

async function runTenure(tenure: Tenure, member: Member, log: { partitionsOf: Partitions; sleep: () => Promise<void> }): Promise<void> {
  const { topic, partition } = tenure
  await Promise.resolve()
  try {
    while (tenure.isOwned) {
      const { first, records } = log.partitionsOf(topic)[partition] as MemoryPartition
      const endOffset = first + records.length
      if (tenure.position < first || tenure.position > endOffset) {
        const what = `${topic}/${partition}: the next record to read is ${tenure.position}, but ${first} to ${endOffset} are there`
        if (member.handlers.onGap === undefined) throw new AppError('EVENT_LOG_GAP', what)
        member.handlers.onGap(topic, partition, what)
        tenure.position = first
      }
      const batch = takeBatch(records, tenure.position - first, member.options.maxBatchBytes ?? DEFAULT_BATCH_BYTES)
      if (batch.length === 0) {
        await log.sleep()
        continue
      }
      await member.handlers.onBatch({ topic, partition, records: batch, endOffset })
      tenure.position += batch.length
    }
  } catch (error) {
    if (tenure.isOwned) member.stop(error)
  }
}

function takeBatch(records: readonly LogRecord[], from: number, maxBytes: number): LogRecord[] {
  const batch: LogRecord[] = []
  let bytes = 0
  for (const record of records.slice(from)) {
    bytes += record.value.byteLength
    if (batch.length > 0 && bytes > maxBytes) break
    batch.push(record)
  }
  return batch
}

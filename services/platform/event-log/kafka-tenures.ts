import type { EachBatchPayload } from 'kafkajs'
import type { ConsumeHandlers } from './port.ts'

/** Sends a commit with the generation of the membership in which it was obtained. Throws, unlike the library's `consumer.commitOffsets`. */
export type SendCommit = EachBatchPayload['commitOffsetsIfNecessary']

/** A partition while it is this member's. A new one is made at every rebalance, even when the partition stays. */
export interface KafkaTenure {
  topic: string
  partition: number
  isCurrent: boolean
  /** The offset that the next batch must start with; undefined: wherever the log begins. */
  expectedOffset: number | undefined
  /** The group's position as far as this member knows. */
  committedOffset: number
  /** How to commit; known once a batch has come. */
  sendCommit: SendCommit | undefined
  /** The last commit: the next one waits for it. */
  commits: Promise<void>
}

/** Where a tenure starts. */
export interface TenureStart {
  topic: string
  partition: number
  committed: number | undefined
}

/** The partitions that a member owns at present. */
export interface KafkaTenures {
  get(topic: string, partition: number): KafkaTenure | undefined
  assign(starts: readonly TenureStart[]): void
  revokeAll(): void
}

/** Builds the set; `onFailure` hears of what the handlers throw. */
export function buildKafkaTenures(handlers: ConsumeHandlers, onFailure: (thrown: unknown) => void): KafkaTenures {
  let current = new Map<string, KafkaTenure>()

  function assign(starts: readonly TenureStart[]): void {
    const tenures = starts.map(newTenure)
    current = new Map(tenures.map(tenure => [`${tenure.topic}/${tenure.partition}`, tenure]))
    tell(tenures, (topic, partitions) => handlers.onAssigned?.(topic, partitions))
  }

  function revokeAll(): void {
    const ended = [...current.values()]
    current = new Map()
    for (const tenure of ended) tenure.isCurrent = false
    tell(ended, (topic, partitions) => handlers.onRevoked?.(topic, partitions))
  }

  function tell(tenures: readonly KafkaTenure[], handler: (topic: string, partitions: readonly number[]) => void): void {
    try {
      for (const [topic, group] of Map.groupBy(tenures, tenure => tenure.topic)) {
        handler(
          topic,
          group.map(tenure => tenure.partition),
        )
      }
    } catch (thrown) {
      onFailure(thrown)
    }
  }

  return { get: (topic, partition) => current.get(`${topic}/${partition}`), assign, revokeAll }
}

function newTenure({ topic, partition, committed }: TenureStart): KafkaTenure {
  return {
    topic,
    partition,
    isCurrent: true,
    expectedOffset: committed,
    committedOffset: committed ?? 0,
    sendCommit: undefined,
    commits: Promise.resolve(),
  }
}

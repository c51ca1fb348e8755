/**
 * The event log: ordered, partitioned, durable. Two adapters (Kafka, embedded) keep the same promises,
 * and one conformance suite (test/platform/event-log/conformance.ts) holds both to them.
 */

/** A topic as `schemas/topics.ts` declares it. */
export interface TopicSpec {
  name: string
  partitions: number
  /** How long records are kept, in milliseconds. */
  retentionMs: number
  /**
   * The last record of each key is kept for ever and earlier ones go some time after, whatever the retention; a last one without a value
   * goes as well, after a day. Offsets may then have holes. Default: no.
   */
  isCompacted?: boolean
}

/** A record to append. Without `partition` the key decides it (same key, same partition); without a key they are spread. */
export interface NewRecord {
  key?: string
  partition?: number
  value: Uint8Array
  /** In a compacted topic: the key is no longer, and `value` is left out. Read back as no bytes. */
  isTombstone?: boolean
  headers?: Readonly<Record<string, string>>
}

/** A record as read. `offset` is its position in the partition; `timestampMs` is when the log took it. */
export interface LogRecord {
  topic: string
  partition: number
  offset: number
  timestampMs: number
  key: string | undefined
  value: Uint8Array
  headers: Readonly<Record<string, string>>
}

/**
 * Consecutive records of one partition, in order. `endOffset` is the offset that the next appended record will get: lag
 * = endOffset − last offset − 1.
 */
export interface RecordBatch {
  topic: string
  partition: number
  records: readonly LogRecord[]
  endOffset: number
}

/**
 * One partition's offsets. `first` is the oldest kept; `end` the next to be written; `committed` the next to be read by the group
 * (undefined: nothing committed yet).
 */
export interface PartitionOffsets {
  partition: number
  first: number
  end: number
  committed: number | undefined
}

/** How a member reads. */
export interface ConsumeOptions {
  group: string
  topics: readonly string[]
  /** Roughly how many bytes of values a batch holds at most (a single larger record still comes whole). Default 1 MiB. */
  maxBatchBytes?: number
  /** How long to wait for more bytes before a smaller batch is handed over. Default 100 ms. */
  maxWaitMs?: number
}

/** What a member does with what it reads. */
export interface ConsumeHandlers {
  /**
   * Takes a batch. While the promise is pending no further batch of that partition comes (back-pressure);
   * batches of one partition never overlap. A rejection stops the member: `stopped` rejects with it, nothing is committed.
   */
  onBatch(batch: RecordBatch): Promise<void>
  /**
   * Called after partitions are given to this member, before their first batch, and before partitions are taken away. State kept per
   * partition must be dropped on revoke.
   */
  onAssigned?(topic: string, partitions: readonly number[]): void
  onRevoked?(topic: string, partitions: readonly number[]): void
  /**
   * Called when records that the group has not read are gone, or its position lies beyond the log. With it reading goes on at the first
   * record that is kept, and it is for the reader to find out what it missed; without it the member stops with EVENT_LOG_GAP.
   */
  onGap?(topic: string, partition: number, what: string): void
}

/** A member of a consumer group. Disposing leaves the group; uncommitted records go to whoever owns the partition next. */
export interface Consumer extends AsyncDisposable {
  /**
   * Stores `nextOffset` as the group's position, durably before it resolves. Rejects with EVENT_LOG_NOT_OWNER when the partition was
   * taken away. Never moves backwards.
   */
  commit(topic: string, partition: number, nextOffset: number): Promise<void>
  /** Whether this member owns the partition now. */
  owns(topic: string, partition: number): boolean
  /** Resolves after disposal; rejects when the member cannot go on (the process should exit). */
  readonly stopped: Promise<void>
}

/** The port. Disposing closes producers and consumers. */
export interface EventLog extends AsyncDisposable {
  /**
   * Identity of this log, part of every row identity: a log that was deleted and made anew has another epoch, so equal offsets are
   * not taken for the same record.
   */
  readonly epoch: string
  /** Creates what is missing; an existing topic is left as it is (partitions are only ever added). */
  createTopics(specs: readonly TopicSpec[]): Promise<void>
  /**
   * Resolves when all records are on disk (Kafka: acks=all), rejects with a retryable AppError otherwise; a rejected
   * append may still have been taken.
   */
  append(topic: string, records: readonly NewRecord[]): Promise<void>
  /** Joins a group and reads from its committed offsets, or from the first kept record when there are none. */
  consume(options: ConsumeOptions, handlers: ConsumeHandlers): Promise<Consumer>
  /** Offsets per partition, ordered by partition; `group` adds its committed ones. */
  offsets(topic: string, group?: string): Promise<readonly PartitionOffsets[]>
}

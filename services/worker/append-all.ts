import type { EventLog, NewRecord } from '../platform/event-log/port.ts'
import { recordSizeBytes } from '../platform/event-log/record-size.ts'

/** Bytes of one append, as the log counts them: far below what either log lets wait (64 MiB), and what both write at once. */
const MAX_APPEND_BYTES = 4 * 1024 * 1024

/**
 * Appends any number of records in order, in parts that either log can take: one append of all the dead letters of a batch may be larger
 * than the log ever accepts. `persist` runs an operation until it succeeds.
 */
export async function appendAll(
  topic: string,
  records: readonly NewRecord[],
  deps: { eventLog: Pick<EventLog, 'append'>; persist: <T>(what: string, operation: () => Promise<T>) => Promise<T> },
): Promise<void> {
  for (let from = 0; from < records.length; ) {
    let to = from
    let sizeBytes = 0
    do sizeBytes += recordSizeBytes(records[to++] as NewRecord)
    while (to < records.length && sizeBytes + recordSizeBytes(records[to] as NewRecord) <= MAX_APPEND_BYTES)
    const part = records.slice(from, to)
    await deps.persist(`append to ${topic}`, () => deps.eventLog.append(topic, part))
    from = to
  }
}

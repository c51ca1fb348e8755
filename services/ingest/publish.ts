import { delay } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import type { EventLog, NewRecord } from '../platform/event-log/port.ts'
import type { Progress } from '../platform/health.ts'
import type { Metrics } from '../platform/metrics.ts'
import { MAX_MESSAGE_BYTES, MAX_MESSAGE_LINES } from './config.ts'

/** Lines gathered into messages. */
export interface MessageBuilder {
  /**
   * Adds a line to the current message, or to a new one when it would not fit. Lines that stand one after another in one body are not
   * copied: the message is then a view of it, which must not change until the message is stored.
   */
  add(line: Uint8Array): void
  /** All messages in order: lines separated by newlines, none at the end. */
  messages(): readonly Buffer[]
  readonly lineBytes: number
}

const NEWLINE = 0x0a
/** Bytes of one append. */
const MAX_APPEND_BYTES = 8 * 1024 * 1024

/** Builds an empty gatherer. A message has at most MAX_MESSAGE_LINES and `maxMessageBytes`, unless a single line is longer. */
export function buildMessages(maxMessageBytes: number = MAX_MESSAGE_BYTES): MessageBuilder {
  const done: Buffer[] = []
  /**
   * The first `used` bytes from its beginning on are the message so far: those of the first line's buffer until a line
   * comes that does not follow in it.
   */
  let bytes: Uint8Array = new Uint8Array()
  let used = 0
  let lines = 0
  let isView = true
  let viewed: Uint8Array = new Uint8Array()
  let lineBytes = 0
  const soFar = () => Buffer.from(bytes.buffer, bytes.byteOffset, used)
  const close = () => {
    if (used > 0) done.push(soFar())
    used = 0
    lines = 0
  }
  const begin = (line: Uint8Array) => {
    bytes = line
    used = line.length
    isView = true
    if (viewed.buffer !== line.buffer) viewed = new Uint8Array(line.buffer)
  }
  const follows = (line: Uint8Array) =>
    isView && line.buffer === bytes.buffer && line.byteOffset === bytes.byteOffset + used + 1 && viewed[line.byteOffset - 1] === NEWLINE
  const copyTo = (neededBytes: number) => {
    const copy = Buffer.allocUnsafeSlow(Math.max(neededBytes, Math.min(maxMessageBytes, Math.max(16_384, used * 4))))
    copy.set(soFar())
    bytes = copy
    isView = false
  }
  return {
    add(line) {
      if (lines === MAX_MESSAGE_LINES || (used > 0 && used + 1 + line.length > maxMessageBytes)) close()
      lines++
      lineBytes += line.length
      if (used === 0) return begin(line)
      const neededBytes = used + 1 + line.length
      if (!follows(line)) {
        if (isView || neededBytes > bytes.length) copyTo(neededBytes)
        bytes[used] = NEWLINE
        bytes.set(line, used + 1)
      }
      used = neededBytes
    },
    messages() {
      close()
      return done
    },
    get lineBytes() {
      return lineBytes
    },
  }
}

/** What publishing needs. */
export interface PublishDeps {
  eventLog: Pick<EventLog, 'append'>
  metrics: Metrics<'ingest'>
  progress: Progress
  now: () => number
}

/** Appends to the event log with a deadline. */
export interface Publisher {
  /**
   * Resolves when the event log has all records on disk; only then may a sender be told 202. Rejects with EVENT_LOG_UNAVAILABLE after
   * `appendTimeoutMs`, or with what the log rejected with. `onSettled` is called when the append itself has ended, which may be later:
   * until then the log holds the records in memory, and so does the sender's share of the byte budget.
   */
  publish(topic: string, records: readonly NewRecord[], onSettled?: () => void): Promise<void>
}

/** Builds the publisher. An append that is overdue counts as pending work without progress in /healthz. */
export function buildPublisher(config: { appendTimeoutMs: number }, deps: PublishDeps): Publisher {
  let underWay = 0
  return {
    async publish(topic, records, onSettled = () => {}) {
      const startedMs = deps.now()
      const deadline = new AbortController()
      underWay++
      deps.progress.expect('append')
      const append = appendInGroups(topic, records, deps.eventLog, deadline.signal).finally(() => {
        underWay--
        deps.progress.report('append', { pending: underWay > 0 })
        onSettled()
      })
      await withinDeadline(append, config.appendTimeoutMs, deadline)
      deps.metrics.ingest_append_duration_seconds.observe({}, (deps.now() - startedMs) / 1000)
    },
  }
}

/**
 * A large body goes to the log in several appends, since an adapter bounds what may wait in it. One after the other, so that lines stay in
 * order; none is begun any more once the sender was told 503, because it will send all of them again.
 */
async function appendInGroups(
  topic: string,
  records: readonly NewRecord[],
  eventLog: PublishDeps['eventLog'],
  overdue: AbortSignal,
): Promise<void> {
  let from = 0
  while (from < records.length && !overdue.aborted) {
    let to = from
    let groupBytes = 0
    do groupBytes += records[to++]?.value.byteLength ?? 0
    while (to < records.length && groupBytes + (records[to]?.value.byteLength ?? 0) <= MAX_APPEND_BYTES)
    await eventLog.append(topic, records.slice(from, to))
    from = to
  }
}

/** Waits for the append, at most until the deadline, at which `overdue` is aborted. */
async function withinDeadline(append: Promise<void>, timeoutMs: number, overdue: AbortController): Promise<void> {
  const timer = new AbortController()
  const expiry = delay(timeoutMs, timer.signal).then(() => {
    if (timer.signal.aborted) return
    overdue.abort()
    throw new AppError('EVENT_LOG_UNAVAILABLE', `the event log did not store the records within ${timeoutMs} ms`)
  })
  try {
    await Promise.race([append, expiry])
  } finally {
    timer.abort()
    // The one that lost the race may still reject; what it says has no reader any more.
    append.catch(() => {})
  }
}

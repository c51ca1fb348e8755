import { ACCESS_LOG_TOPIC } from '../../schemas/topics.ts'
import type { LogRecord } from '../platform/event-log/port.ts'
import type { Logger } from '../platform/log.ts'
import type { DeadLetterLimit } from './dead-letter-limit.ts'
import type { DecodedMessage, DecodeMessage } from './decode/decode-message.ts'
import { type Judged, judgedBefore, judgedByDialect, wholeSender } from './judged.ts'
import { parkedMessage } from './parked-message.ts'
import type { ParkedSources } from './sources.ts'

/** What judging needs; `lineCount` counts the lines of a message without reading them. */
export interface JudgeDeps {
  decode: DecodeMessage
  /** The same, which lets others have their turn. Default: decode. */
  decodeInTurns?: (record: LogRecord) => Promise<DecodedMessage>
  lineCount: (record: LogRecord) => number
  limit: Pick<DeadLetterLimit, 'add'>
  sources: Pick<ParkedSources, 'isParked' | 'park'>
  logger: Pick<Logger, 'error'>
}

/**
 * Builds the decoding that keeps messages of parked sources and senders aside, and parks one of which too many lines are refused; the
 * message that shows it is the first to be kept. What is built throws only what the limit of all sources throws.
 */
export function buildJudge({ logEpoch }: { logEpoch: string }, deps: JudgeDeps): (record: LogRecord) => Promise<DecodedMessage> {
  const decode = deps.decodeInTurns ?? deps.decode
  const parkedName = ({ name, prefix }: Judged) =>
    [...(prefix === undefined ? [] : [wholeSender(prefix)]), name].find(one => deps.sources.isParked(one))
  return async record => {
    // Expositions do not count: a wrong scrape target must not stop the accounting of requests.
    if (record.topic !== ACCESS_LOG_TOPIC) return await decode(record)
    const known = judgedBefore(record)
    const before = known && parkedName(known)
    if (before !== undefined) return parkedMessage(record, before, deps.lineCount(record), { logEpoch })
    const decoded = await decode(record)
    const judged = known ?? judgedByDialect(decoded)
    const keep = (name: string) => parkedMessage(record, name, decoded.ledger.lines, { logEpoch })
    // Another message of it may have shown meanwhile that it is to be parked.
    const meanwhile = parkedName(judged)
    if (meanwhile !== undefined) return keep(meanwhile)
    const parking = deps.limit.add(judged, decoded.ledger.lines, decoded.deadLetters)
    if (parking === undefined) return decoded
    const { name: source, reason } = parking
    deps.sources.park(source, reason)
    deps.logger.error(
      { code: 'WORKER_SOURCE_PARKED', source, reason },
      'a source is parked, the others go on: its messages are kept aside, whole, until `weir sources resume` takes them up',
    )
    return keep(source)
  }
}

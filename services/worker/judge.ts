import { ACCESS_LOG_TOPIC } from '../../schemas/topics.ts'
import type { LogRecord } from '../platform/event-log/port.ts'
import type { Logger } from '../platform/log.ts'
import type { DeadLetterLimit } from './dead-letter-limit.ts'
import type { DecodedMessage, DecodeMessage } from './decode/decode-message.ts'
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
 * Builds the decoding that keeps messages of parked sources aside, and parks a source of which too many lines are refused; the message that
 * shows it is the first to be kept. What is built throws only what the limit of all sources throws.
 */
export function buildJudge({ logEpoch }: { logEpoch: string }, deps: JudgeDeps): (record: LogRecord) => Promise<DecodedMessage> {
  const decode = deps.decodeInTurns ?? deps.decode
  return async record => {
    // Expositions do not count: a wrong scrape target must not stop the accounting of requests.
    if (record.topic !== ACCESS_LOG_TOPIC) return await decode(record)
    const source = (record.headers['source'] ?? '').toWellFormed()
    if (deps.sources.isParked(source)) return parkedMessage(record, deps.lineCount(record), { logEpoch })
    const decoded = await decode(record)
    // Another message of it may have shown meanwhile that it is to be parked.
    if (deps.sources.isParked(source)) return parkedMessage(record, decoded.ledger.lines, { logEpoch })
    const reason = deps.limit.add(source, decoded.ledger.lines, decoded.deadLetters)
    if (reason === undefined) return decoded
    deps.sources.park(source, reason)
    deps.logger.error(
      { code: 'WORKER_SOURCE_PARKED', source, reason },
      'a source is parked, the others go on: its messages are kept aside, whole, until `weir sources resume` takes them up',
    )
    return parkedMessage(record, decoded.ledger.lines, { logEpoch })
  }
}

import type { LogRecord } from '../platform/event-log/port.ts'
import { beginTurns } from '../platform/turns.ts'
import { buildDecoderInParts, type DecodedMessage, type MessageConfig } from './decode/decode-message.ts'

/**
 * Builds the decoding that lets others have their turn: a process that answers senders and probes beside it must not be silent for as long
 * as a message of very many lines takes. What it builds never rejects.
 */
export function buildDecoderInTurns(config: MessageConfig): (record: LogRecord) => Promise<DecodedMessage> {
  const decode = buildDecoderInParts(config)
  return async record => {
    const parts = decode(record)
    for (const turns = beginTurns(); ; ) {
      const part = parts.next()
      if (part.done) return part.value
      if (turns.isOver) await turns.pass()
    }
  }
}

/**
 * Whose lines are judged together, by names that stand in `parked_sources`. A source that a sender chose itself is kept apart by the name
 * of its token: nobody parks another's source by naming it, and whatever one sender invents can be parked at once.
 */
import { SENDER_HEADER } from '../../schemas/topics.ts'
import type { LogRecord } from '../platform/event-log/port.ts'
import type { DecodedMessage } from './decode/decode-message.ts'

/** Who wrote a message, as parking names it. */
export interface Judged {
  /** `edge-7`; `TOKEN/edge-7` where the sender chose the source itself; `(no source) envoy` of a Kafka message that names none. */
  name: string
  /** Of a sender that chooses its sources: what their names begin with, `TOKEN/`. */
  prefix: string | undefined
}

/** Who wrote a message; undefined: it names no source, so what it holds must be read first. */
export function judgedBefore(record: Pick<LogRecord, 'headers'>): Judged | undefined {
  const { source, [SENDER_HEADER]: sender } = record.headers
  if (!source) return undefined
  if (!sender) return { name: nameOf(source), prefix: undefined }
  const prefix = `${nameOf(sender).replaceAll('/', '%2F')}/`
  return { name: `${prefix}${nameOf(source)}`, prefix }
}

/** As long as ingest takes them; a header of Kafka may have a megabyte. */
const MAX_NAME_LENGTH = 200

function nameOf(header: string): string {
  return header.slice(0, MAX_NAME_LENGTH).toWellFormed()
}

/**
 * Of a Kafka message without a source: those of one dialect are judged together, and those in which nothing could be read. There are no
 * more names than dialects, and rubbish parks no gateway whose lines are read.
 */
export function judgedByDialect({ attempts }: Pick<DecodedMessage, 'attempts'>): Judged {
  return { name: `(no source) ${attempts[0]?.dialect ?? 'not read'}`, prefix: undefined }
}

/** The name under which all that a sender sends is parked. */
export function wholeSender(prefix: string): string {
  return `${prefix}*`
}

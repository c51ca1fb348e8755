import { isObject, type Line } from '../dialects/dialect.ts'
import { listOf } from './otlp-values.ts'

/** An envelope around many lines, each beside facts of its own. */
interface LineList {
  name: string
  /** What writes it. */
  doc: string
  /** The field by which it is known. */
  field: string
  /** The lines; undefined: the envelope only looks alike. */
  linesIn(envelope: Line): readonly unknown[] | undefined
}

/** The known ones. */
export const lineLists: readonly LineList[] = [
  {
    name: 'cloudwatch-events',
    doc: '`aws logs filter-log-events` and `get-log-events`',
    field: 'events',
    linesIn: ({ events }) => messagesOf(events, 'timestamp'),
  },
  {
    name: 'cloudwatch-subscription',
    doc: 'a CloudWatch Logs subscription (Kinesis, Firehose, Lambda), decompressed',
    field: 'logEvents',
    linesIn: ({ logEvents, messageType }) => (messageType === undefined ? undefined : messagesOf(logEvents, 'id')),
  },
  {
    name: 'loki-query',
    doc: 'an answer of Loki’s `query_range`',
    field: 'data',
    linesIn: ({ data }) => (isObject(data) && data['resultType'] === 'streams' ? streamLines(data['result']) : undefined),
  },
  { name: 'loki-push', doc: 'a push request of Loki', field: 'streams', linesIn: ({ streams }) => streamLines(streams) },
]

/** The lines of an envelope that holds many; undefined when it is none. */
export function linesInList(envelope: Line): readonly unknown[] | undefined {
  for (const { field, linesIn } of lineLists) {
    const lines = field in envelope ? linesIn(envelope) : undefined
    if (lines !== undefined) return lines
  }
  return undefined
}

function messagesOf(list: unknown, mark: string): readonly unknown[] | undefined {
  if (!Array.isArray(list) || !list.every(one => isObject(one) && 'message' in one && mark in one)) return undefined
  return list.map((one: Line) => one['message'])
}

/** Loki's streams: `{stream, values: [[nanoseconds, line, …], …]}`. */
function streamLines(streams: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(streams) || !streams.every(one => isObject(one) && isObject(one['stream']) && Array.isArray(one['values'])))
    return undefined
  return streams.flatMap((one: Line) => listOf(one['values']).map(value => (Array.isArray(value) ? (value[1] as unknown) : value)))
}

import { NotReadable, type PlainMessage, readBinary } from '../protobuf/read-binary.ts'
import { readJson } from '../protobuf/read-json.ts'
import { otlpMessages } from './messages.ts'
import { otlpLimits, type SignalShape } from './signals.ts'

/**
 * Reads an export request in either encoding into its OTLP/JSON form: `{resourceLogs: [{resource, scopeLogs: [{scope,
 * logRecords: […]}]}]}` and alike. Throws NotReadable. In JSON a record with a faulty field is left out and told to `onFault`;
 * bytes that break protobuf break the whole.
 */
export function readOtlpRequest(
  body: Uint8Array,
  shape: SignalShape,
  isBinary: boolean,
  onFault?: (message: string, record: unknown) => void,
): PlainMessage {
  if (isBinary) return readBinary(body, otlpMessages, shape.request, otlpLimits)
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (error) {
    throw new NotReadable(`not JSON: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}`, { cause: error })
  }
  return readJson(value, otlpMessages, shape.request, { ...otlpLimits, record: shape.record, ...(onFault && { onFault }) })
}

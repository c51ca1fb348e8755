import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { SignalShape } from '../../../schemas/otlp/signals.ts'

/** What was not taken of a request: how many records (data points for metrics), and why the first of them were not. */
export interface Refused {
  count: number
  messages: readonly string[]
}

/** A body in the encoding of the request. */
export interface OtlpAnswer {
  contentType: 'application/x-protobuf' | 'application/json'
  body: Buffer
}

/** google.rpc.Code by HTTP status (googleapis `google/rpc/code.proto`); any other 4xx is INVALID_ARGUMENT, any other 5xx INTERNAL. */
const RPC_CODES: Readonly<Record<number, number>> = { 401: 16, 403: 7, 404: 5, 429: 8, 503: 14, 504: 4 }
const INVALID_ARGUMENT = 3
const INTERNAL = 13

/** The answer to a request that was taken, wholly or in part (OTLP/HTTP, "Full Success" and "Partial Success"). */
export function exportAnswer(shape: SignalShape, refused: Refused, isBinary: boolean): OtlpAnswer {
  const errorMessage = refused.messages.join('; ')
  if (!isBinary) {
    const partialSuccess = { [shape.rejected]: String(refused.count), errorMessage }
    return jsonAnswer(refused.count === 0 ? {} : { partialSuccess })
  }
  if (refused.count === 0) return binaryAnswer(new BinaryWriter())
  const partial = new BinaryWriter().tag(1, WireType.Varint).int64(refused.count).tag(2, WireType.LengthDelimited).string(errorMessage)
  return binaryAnswer(new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(partial.finish()))
}

/** The answer to a request that failed: a google.rpc.Status (OTLP/HTTP, "Failures"). */
export function statusAnswer(httpStatus: number, message: string, isBinary: boolean): OtlpAnswer {
  const code = RPC_CODES[httpStatus] ?? (httpStatus >= 500 ? INTERNAL : INVALID_ARGUMENT)
  if (!isBinary) return jsonAnswer({ code, message })
  return binaryAnswer(new BinaryWriter().tag(1, WireType.Varint).int32(code).tag(2, WireType.LengthDelimited).string(message))
}

function jsonAnswer(value: object): OtlpAnswer {
  return { contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) }
}

function binaryAnswer(writer: BinaryWriter): OtlpAnswer {
  return { contentType: 'application/x-protobuf', body: Buffer.from(writer.finish()) }
}

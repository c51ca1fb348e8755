import { readOtlpRequest } from '../../../schemas/otlp/read-request.ts'
import { type Signal, signals } from '../../../schemas/otlp/signals.ts'
import { NotReadable } from '../../../schemas/protobuf/read-binary.ts'
import { type CheckedRequest, checkRecords } from './check-records.ts'

/** A body of an OTLP request, decompressed. */
export interface OtlpBody {
  body: Uint8Array
  signal: Signal
  isBinary: boolean
  /** Longest record (bytes). */
  maxLineBytes: number
}

/** Reads a body into messages for the event log. Throws NotReadable when it is no request of that signal. */
export function readRecords({ body, signal, isBinary, maxLineBytes }: OtlpBody): CheckedRequest {
  const shape = signals[signal]
  const faults: string[] = []
  const request = readOtlpRequest(body, shape, isBinary, message => faults.push(message))
  // Unknown fields are passed over, so that anything might be an empty request; one that was meant has at least the member that it is made
  // of.
  if (body.length > 0 && request[shape.resources] === undefined) throw new NotReadable(`there is no ${shape.resources} in it`)
  return checkRecords(request, shape, { maxLineBytes, bodyBytes: body.length }, faults)
}

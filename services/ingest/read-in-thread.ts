/** What body-reader.ts calls, in a thread of its own or not. An error loses its class between threads, so a fault is a value. */
import { NotReadable } from '../../schemas/protobuf/read-binary.ts'
import type { CheckedRequest } from './otlp/check-records.ts'
import { type OtlpBody, readRecords } from './otlp/read-records.ts'
import { readSamples, type SamplesRead, type WriteBody } from './remote-write/read-samples.ts'

/** What was read, or why nothing could be. `isTooLarge`: the body may be good, but is too much. */
export type Outcome<Read> = { read: Read } | { fault: string; isTooLarge: boolean }

/** Reads the body of an OTLP request. */
export function readOtlp(body: OtlpBody): Outcome<CheckedRequest> {
  return outcomeOf(() => readRecords(body))
}

/** Reads the body of a remote write request. */
export function readWrite(body: WriteBody): Outcome<SamplesRead> {
  return outcomeOf(() => readSamples(body))
}

function outcomeOf<Read>(read: () => Read): Outcome<Read> {
  try {
    return { read: read() }
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error
    return { fault: error.message, isTooLarge: error.isTooLarge }
  }
}

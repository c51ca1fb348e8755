/**
 * Prints what decoding costs: microseconds per line, JSON.parse included, for each dialect, over messages of 500 lines as the event log
 * brings them; and what ingest's check of a line costs beside checking it by JSON.parse.
 * Run it with `node test/bench/decode.ts`; it takes about ten seconds.
 */
import { MAX_DEPTH } from '../../services/ingest/config.ts'
import { isJsonObject } from '../../services/ingest/json-object.ts'
import { acceptAnyTime } from '../../services/worker/decode/accept-time.ts'
import { decodeAccessLog } from '../../services/worker/decode/decode-lines.ts'
import { canonicalLine, envoyLine, kongLine, litellmLine } from '../schemas/dialects/lines.ts'

const LINES = 500
const ROUNDS = 60
const config = { ...acceptAnyTime, logEpoch: 'bench', maxLineBytes: 1024 * 1024 }

const makers = { envoy: envoyLine, canonical: canonicalLine, litellm: litellmLine, kong: kongLine }
for (const [dialect, make] of Object.entries(makers)) {
  const lines = Array.from({ length: LINES }, (_, index) => JSON.stringify(make(`request-${index}`)))
  const value = Buffer.from(lines.join('\n'))
  const record = { topic: 'weir.access-log.v1', partition: 0, offset: 0, timestampMs: 0, key: undefined, value, headers: {} }
  const parseUs = measured(() => {
    for (const line of lines) JSON.parse(line)
  })
  const bytesOfLines = lines.map(line => Buffer.from(line))
  const checkUs = measured(() => {
    for (const line of bytesOfLines)
      if (!isJsonObject(line, MAX_DEPTH)) throw new Error(`ingest takes the bench line of ${dialect} for no object`)
  })
  const textUs = measured(() => {
    for (const line of bytesOfLines) JSON.parse(line.toString('utf8'))
  })
  const decodeUs = measured(() => {
    const { rows } = decodeAccessLog(record, config)
    if (rows.length < LINES) throw new Error(`the bench line of ${dialect} is refused`)
  })
  const bytes = Math.round(value.length / LINES)
  console.log(
    `${dialect.padEnd(10)} ${bytes} bytes a line: decode ${decodeUs.toFixed(2)} µs, of which JSON.parse ${parseUs.toFixed(2)} µs; ` +
      `check at ingest ${checkUs.toFixed(2)} µs, by JSON.parse ${textUs.toFixed(2)} µs`,
  )
}

/** The median round, per line, after a warm-up. */
function measured(round: () => void): number {
  for (let warm = 0; warm < ROUNDS / 2; warm += 1) round()
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now()
    round()
    return ((performance.now() - start) * 1000) / LINES
  })
  return times.sort((a, b) => a - b)[ROUNDS / 2] as number
}

/**
 * Messages of the engine-metrics topic that hold single values and not an exposition: OTLP metrics (of ingest, and of the OpenTelemetry
 * collector's Kafka exporter) and the samples of prometheus-kafka-adapter.
 */
import type { DeadLetter } from '../../../schemas/dead-letter.ts'
import { readExposition } from '../../../schemas/metrics/read-exposition.ts'
import { adapterReading } from '../../../schemas/metrics/readings/adapter-readings.ts'
import { groupReadings, type Reading } from '../../../schemas/metrics/readings/reading.ts'
import { metricReadings } from '../../../schemas/otlp/metric-readings.ts'
import { readOtlpRequest } from '../../../schemas/otlp/read-request.ts'
import { recogniseOtlp } from '../../../schemas/otlp/recognise.ts'
import { signals } from '../../../schemas/otlp/signals.ts'
import { NotReadable } from '../../../schemas/protobuf/read-binary.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'
import { timeFault } from './accept-time.ts'
import { deadLetterAt, type KeptLine, positionOf, wholeMessage } from './dead-letter.ts'
import { type DecodedEngineMetrics, NO_READING, rowIdentity } from './decode-metrics.ts'
import { jsonFaultText } from './json-fault.ts'
import { type DecodeConfig, rawTextOf } from './line.ts'
import { splitLines } from './split-lines.ts'

/** Readings found in a message, and what of it could not be read. */
interface Found {
  readings: Reading[]
  faults: Fault[]
}

interface Fault {
  code: DeadLetter['code']
  message: string
  /** What was refused; undefined: the whole message. */
  line: string | undefined
}

const OPEN_BYTES: ReadonlySet<number> = new Set([0x7b, 0x5b, 0x20, 0x09, 0x0a, 0x0d])

/**
 * Decodes a message of single values; undefined: it is none. The message is one line, as an exposition is, with rows for every target
 * and time in it; what cannot be read is a dead letter each, or one for very many. Values that no engine's table names are passed
 * over: such senders send whatever they have. Never throws.
 */
export function decodeReadings(record: LogRecord, config: DecodeConfig): DecodedEngineMetrics | undefined {
  const found = otlpReadings(record) ?? adapterReadings(record, config)
  if (found === undefined) return undefined
  const decoded: DecodedEngineMetrics = { samples: [], gpuSamples: [], gatewaySamples: [], deadLetters: [], lines: 0, unknownSeries: 0 }
  const { groups, conflicts } = groupReadings(found.readings)
  const faults = [...found.faults]
  if (conflicts > 0)
    faults.push({
      code: 'LINE_FIELD_INVALID',
      message: `${conflicts} series have two values for one time; the first is kept.`,
      line: undefined,
    })
  for (const { text, atMs, readings: _, ...place } of groups) {
    const late = timeFault('the time of the values', atMs, config)
    if (late !== undefined) {
      faults.push({ code: 'LINE_TIME_OUT_OF_RANGE', message: late, line: text })
      continue
    }
    const read = readExposition(text, { ...place, sampledAtMs: atMs })
    const identity = rowIdentity(record, config, atMs)
    for (const sample of read.samples) decoded.samples.push({ ...sample, ...identity, row_no: decoded.samples.length })
    for (const sample of read.gpus) decoded.gpuSamples.push({ ...sample, ...identity, row_no: decoded.gpuSamples.length })
    for (const sample of read.gateways) decoded.gatewaySamples.push({ ...sample, ...identity, row_no: decoded.gatewaySamples.length })
    if (read.product !== undefined) {
      decoded.product ??= read.product
      decoded.unknownSeries += read.unknownSeries
    }
  }
  decoded.deadLetters = atMost(MAX_LETTERS, faults).map((fault, index) => letterOf(fault, record, config, index))
  const rows = decoded.samples.length + decoded.gpuSamples.length + decoded.gatewaySamples.length
  decoded.lines = (rows > 0 ? 1 : 0) + decoded.deadLetters.length
  if (decoded.lines > 0) return decoded
  return { ...decoded, lines: 1, skip: NO_READING }
}

/** A message with more faults is one dead letter, whole: it may hold a hundred thousand values. */
const MAX_LETTERS = 100

function atMost(most: number, faults: readonly Fault[]): readonly Fault[] {
  const [first] = faults
  if (first === undefined || faults.length <= most) return faults
  const message = `${first.message.slice(0, 500)} It is the first of ${faults.length} faults of the message.`
  return [{ ...first, message, line: undefined }]
}

function otlpReadings(record: LogRecord): Found | undefined {
  const otlp = recogniseOtlp(record.value, record.headers, true)
  if (otlp?.signal !== 'metrics') return undefined
  const faults: Fault[] = []
  try {
    const request = readOtlpRequest(record.value, signals.metrics, otlp.isBinary, (message, value) =>
      faults.push({ code: 'LINE_FIELD_INVALID', message: `A metric cannot be read: ${message}.`, line: JSON.stringify(value) }),
    )
    const { readings, deltaPoints } = metricReadings(request)
    if (deltaPoints > 0) {
      const message = `${deltaPoints} data points have delta temporality, which cannot be read: report cumulative values.`
      faults.push({ code: 'LINE_FIELD_INVALID', message, line: undefined })
    }
    return { readings, faults }
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error
    return {
      readings: [],
      faults: [{ code: 'LINE_FIELD_INVALID', message: `The OTLP message cannot be read: ${error.message}.`, line: undefined }],
    }
  }
}

function adapterReadings(record: LogRecord, config: DecodeConfig): Found | undefined {
  if (record.headers['pool'] !== undefined || !OPEN_BYTES.has(record.value[0] ?? 0)) return undefined
  const lines = splitLines(record.value, config.maxLineBytes)
  const first = lines[0]
  if (first === undefined || adapterReading(first.value) === undefined) return undefined
  const found: Found = { readings: [], faults: [] }
  for (const one of lines) {
    const line = rawTextOf(one)
    const fault = one.isText ? jsonFaultText(line) : one.fault?.message
    const reading = fault ?? adapterReading(one.value) ?? undefined
    if (typeof reading === 'string')
      found.faults.push({ code: 'LINE_FIELD_INVALID', message: `The sample cannot be read: ${reading}.`, line })
    else if (reading !== undefined) found.readings.push(reading)
  }
  return found
}

function letterOf({ code, message, line }: Fault, record: LogRecord, config: DecodeConfig, index: number): DeadLetter {
  const kept: KeptLine = line === undefined ? wholeMessage(record) : { line, encoding: 'utf8' }
  return deadLetterAt(positionOf(record, config), index, { code, message }, kept)
}

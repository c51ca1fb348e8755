import { otlpMessages } from '../../../schemas/otlp/messages.ts'
import { readOtlpRequest } from '../../../schemas/otlp/read-request.ts'
import { recogniseOtlp } from '../../../schemas/otlp/recognise.ts'
import { recordsOf, requestOf } from '../../../schemas/otlp/records.ts'
import { otlpLimits, type SignalShape, signals } from '../../../schemas/otlp/signals.ts'
import { NotReadable } from '../../../schemas/protobuf/read-binary.ts'
import { readJson } from '../../../schemas/protobuf/read-json.ts'
import { AppError } from '../../platform/errors.ts'
import { MAX_RECORD_BYTES } from '../../platform/event-log/record-size.ts'
import { jsonTextOf, type LineState, type Message, rawTextOf, refusedLine, valueLine } from './line.ts'
import { splitLines } from './split-lines.ts'

const shapesOfLines = [signals.logs, signals.traces] as const

/**
 * The lines of a message of the access-log topic, in order. A log record or a span of an OTLP export request is one line: a
 * request that holds it alone, in the OTLP/JSON form. Requests are found in protobuf messages, in JSON messages and among the
 * lines of any other. Never throws.
 */
export function openMessage(message: Message, maxLineBytes: number): LineState[] {
  const otlp = recogniseOtlp(message.value, message.headers, false)
  if (otlp?.isBinary) return binaryLines(message.value, signals[otlp.signal], maxLineBytes)
  // A request of many records may be longer than a line; its records may not.
  const lines = splitLines(message.value, otlp === undefined ? maxLineBytes : MAX_RECORD_BYTES)
  if (!lines.some(({ value }) => shapeOf(value) !== undefined)) return lines
  return lines.flatMap(line => {
    const shape = shapeOf(line.value)
    return shape === undefined ? [line] : jsonLines(line, shape, maxLineBytes)
  })
}

function binaryLines(value: Uint8Array, shape: SignalShape, maxLineBytes: number): LineState[] {
  try {
    return linesOf(readOtlpRequest(value, shape, true), shape, 0, maxLineBytes)
  } catch (error) {
    return [refused(messageOf(error), value, 0)]
  }
}

function jsonLines(line: LineState, shape: SignalShape, maxLineBytes: number): LineState[] {
  const faults: LineState[] = []
  const onFault = (message: string, value: unknown) => faults.push(refused(message, jsonTextOf(value), line.textLine))
  try {
    const request = readJson(line.value, otlpMessages, shape.request, { ...otlpLimits, record: shape.record, onFault })
    return [...linesOf(request, shape, line.textLine, maxLineBytes), ...faults]
  } catch (error) {
    return [refused(messageOf(error), rawTextOf(line), line.textLine)]
  }
}

function linesOf(request: Parameters<typeof recordsOf>[0], shape: SignalShape, textLine: number, maxLineBytes: number): LineState[] {
  return [...recordsOf(request, shape)].map(one => {
    const value = requestOf(one, shape)
    const text = JSON.stringify(value)
    const sizeBytes = Buffer.byteLength(text)
    if (sizeBytes <= maxLineBytes) return valueLine(value, undefined, textLine)
    const fault = new AppError('LINE_TOO_LONG', `The record has ${sizeBytes} bytes as OTLP/JSON; the limit is ${maxLineBytes}.`)
    return refusedLine(fault, text, textLine)
  })
}

function shapeOf(value: unknown): SignalShape | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return shapesOfLines.find(shape => shape.resources in value || snakeNames[shape.signal] in value)
}

const snakeNames = { logs: 'resource_logs', traces: 'resource_spans', metrics: 'resource_metrics' } as const

function refused(message: string, raw: string | Uint8Array, textLine: number): LineState {
  return refusedLine(new AppError('LINE_FIELD_INVALID', `The OTLP message cannot be read: ${message}.`), raw, textLine)
}

function messageOf(error: unknown): string {
  if (error instanceof NotReadable) return error.message
  throw error
}

import { isLabelName, isSeriesName, type Reading } from '../../../schemas/metrics/readings/reading.ts'
import { NotReadable, type PlainMessage, readBinary } from '../../../schemas/protobuf/read-binary.ts'
import { writeMessages } from './messages.ts'

/** Protocol buffer messages of remote write, as its Content-Type names them. */
export type WriteVersion = '1.0' | '2.0'

/** What a request holds. */
export interface WriteContent {
  readings: Reading[]
  /** Samples and histograms in it, gaps included. */
  samples: number
  histograms: number
  /** NaN, which stale markers are too: the series has no value at that time. */
  gaps: number
  /** Of those, what cannot be taken, and why the first of them. */
  rejectedSamples: number
  rejectedHistograms: number
  fault: string | undefined
}

/** The times that are accepted, ms since 1970 UTC, both inclusive. */
export interface TimeRange {
  fromMs: number
  untilMs: number
}

/** A batch of Prometheus has some 2,000 samples with 10 labels each. */
const LIMITS = { maxDepth: 8, maxMessages: 1_000_000 }

/**
 * Reads a decompressed request. Throws NotReadable when it is none; series with bad labels and values out of `accept`
 * are counted and the others read.
 */
export function readWrite(body: Uint8Array, version: WriteVersion, accept: TimeRange): WriteContent {
  const content: WriteContent = {
    readings: [],
    samples: 0,
    histograms: 0,
    gaps: 0,
    rejectedSamples: 0,
    rejectedHistograms: 0,
    fault: undefined,
  }
  const request = readBinary(body, writeMessages, version === '1.0' ? 'WriteRequest' : 'Request', LIMITS)
  const series = (request['timeseries'] as PlainMessage[] | undefined) ?? []
  // Unknown fields are passed over, so that the other version's request, or anything else, might be an empty one.
  const isOfKind = series.length > 0 || request['metadata'] !== undefined || request['symbols'] !== undefined
  if (body.length > 0 && !isOfKind) throw new NotReadable('there are no time series in it')
  const labelsOf = version === '1.0' ? labelsByName : labelsByReference((request['symbols'] as string[] | undefined) ?? [])
  for (const one of series) readSeries(one, labelsOf, accept, content)
  return content
}

type LabelsOf = (series: PlainMessage) => Map<string, string>

function readSeries(series: PlainMessage, labelsOf: LabelsOf, accept: TimeRange, content: WriteContent): void {
  const samples = (series['samples'] as PlainMessage[] | undefined) ?? []
  const histograms = (series['histograms'] as PlainMessage[] | undefined) ?? []
  content.samples += samples.length
  content.histograms += histograms.length
  const labels = labelsOf(series)
  const name = labels.get('__name__') ?? ''
  labels.delete('__name__')
  const fault = nameFault(name, labels)
  if (fault !== undefined) {
    content.rejectedSamples += samples.length
    content.rejectedHistograms += histograms.length
    content.fault ??= fault
    return
  }
  const isInTime = (atMs: number) => {
    if (atMs >= accept.fromMs && atMs <= accept.untilMs) return true
    content.fault ??= `a sample has the time ${atMs} (ms since 1970 UTC); accepted is ${accept.fromMs} to ${accept.untilMs}`
    return false
  }
  for (const sample of samples) {
    const [value, atMs] = [Number(sample['value'] ?? 0), Number(sample['timestamp'] ?? 0)]
    if (!isInTime(atMs)) content.rejectedSamples += 1
    else if (Number.isNaN(value)) content.gaps += 1
    else content.readings.push({ name, labels, value, atMs })
  }
  // A native histogram's buckets have no counterpart in the text format; its count and sum are what classic ones have too.
  for (const { countInt, countFloat, sum, timestamp } of histograms) {
    const [total, atMs] = [Number(sum ?? 0), Number(timestamp ?? 0)]
    if (!isInTime(atMs)) content.rejectedHistograms += 1
    else if (Number.isNaN(total)) content.gaps += 1
    else {
      content.readings.push({ name: `${name}_count`, labels, value: Number(countInt ?? countFloat ?? 0), atMs })
      content.readings.push({ name: `${name}_sum`, labels, value: total, atMs })
    }
  }
}

function nameFault(name: string, labels: ReadonlyMap<string, string>): string | undefined {
  if (!isSeriesName(name)) return `a series has the name ${JSON.stringify(name.slice(0, 100))}`
  const badLabel = [...labels.keys()].find(label => !isLabelName(label))
  return badLabel === undefined ? undefined : `a label is called ${JSON.stringify(badLabel.slice(0, 100))}`
}

function labelsByName(series: PlainMessage): Map<string, string> {
  const labels = (series['labels'] as PlainMessage[] | undefined) ?? []
  return new Map(labels.map(({ name, value }) => [String(name ?? ''), String(value ?? '')]))
}

/** Version 2.0 writes each text once, as a symbol; labels are pairs of positions. */
function labelsByReference(symbols: readonly string[]): LabelsOf {
  if (symbols.length > 0 && symbols[0] !== '') throw new NotReadable('the first symbol is not the empty text')
  const symbol = (reference: number) => {
    const text = symbols[reference]
    if (text === undefined) throw new NotReadable(`a label refers to symbol ${reference}, there are ${symbols.length}`)
    return text
  }
  return series => {
    const references = (series['labelsRefs'] as number[] | undefined) ?? []
    if (references.length % 2 !== 0) throw new NotReadable('a series has a label without a value')
    const labels = new Map<string, string>()
    for (let at = 0; at < references.length; at += 2) labels.set(symbol(references[at] as number), symbol(references[at + 1] as number))
    return labels
  }
}

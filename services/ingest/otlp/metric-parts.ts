import { DELTA } from '../../../schemas/otlp/messages.ts'
import type { PlainMessage } from '../../../schemas/protobuf/read-binary.ts'

/** What a metric holds: parts of it with few data points each, or the reason why none of its data points can be read. */
export type MetricParts = { parts: readonly { metric: PlainMessage; points: number }[] } | { refusedPoints: number; message: string }

const KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const
/** Data points of one part. A histogram's point has some 3 KB, so that a part stays far below the size of a message. */
const MAX_PART_POINTS = 50

/**
 * Cuts a metric into parts that a message can hold. Sums and histograms with delta temporality cannot be read: what they leave out cannot
 * be told from a counter that stood still, so the sender is told to report cumulative ones.
 */
export function partsOfMetric(metric: PlainMessage): MetricParts {
  const kind = KINDS.find(name => metric[name] !== undefined)
  if (kind === undefined) return { parts: [] }
  const data = metric[kind] as PlainMessage
  const points = (data['dataPoints'] as readonly PlainMessage[] | undefined) ?? []
  if (data['aggregationTemporality'] === DELTA)
    return { refusedPoints: points.length, message: `${String(metric['name'])} has delta temporality: report cumulative values` }
  const parts = Array.from({ length: Math.ceil(points.length / MAX_PART_POINTS) }, (_, index) => {
    const some = points.slice(index * MAX_PART_POINTS, (index + 1) * MAX_PART_POINTS)
    return { metric: { ...metric, [kind]: { ...data, dataPoints: some } }, points: some.length }
  })
  return { parts }
}

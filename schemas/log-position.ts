/** Where in the event log a message stands; `received_at` is when the log took it, ms since 1970 UTC. */
export interface LogPosition {
  log_epoch: string
  topic: string
  partition: number
  offset: number
  received_at: number
}

/** What the worker adds to a sample: its window, where it came from, and which sample of the message it is. */
export interface SampleRow extends LogPosition {
  window_start: number
  row_no: number
}

/** The columns of a table of samples, in table order; `content` has the columns of a sample as its keys. */
export function sampleRowColumns<Column extends string>(content: object): readonly (Column | keyof SampleRow)[] {
  const names = Object.keys(content) as Column[]
  return ['window_start', ...names, 'log_epoch', 'topic', 'partition', 'offset', 'row_no', 'received_at']
}

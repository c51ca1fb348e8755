import { messageTable } from '../../../schemas/protobuf/message-table.ts'

/**
 * What ingest reads of Prometheus remote write requests: `prometheus.WriteRequest` of version 1.0 (prometheus/prometheus
 * `prompb/remote.proto`, `types.proto`) and `io.prometheus.write.v2.Request` of version 2.0 (`prompb/io/prometheus/write/v2/types.proto`).
 * Metadata and the labels of exemplars are passed over.
 */
export const writeMessages = messageTable({
  WriteRequest: { timeseries: [1, 'TimeSeries', 'repeated'], metadata: [3, 'Ignored', 'repeated'] },
  TimeSeries: {
    labels: [1, 'Label', 'repeated'],
    samples: [2, 'Sample', 'repeated'],
    exemplars: [3, 'Ignored', 'repeated'],
    histograms: [4, 'Histogram', 'repeated'],
  },
  Label: { name: [1, 'string'], value: [2, 'string'] },

  Request: { symbols: [4, 'string', 'repeated'], timeseries: [5, 'TimeSeriesV2', 'repeated'] },
  TimeSeriesV2: {
    labelsRefs: [1, 'uint32', 'repeated'],
    samples: [2, 'Sample', 'repeated'],
    histograms: [3, 'Histogram', 'repeated'],
    exemplars: [4, 'Ignored', 'repeated'],
  },

  Sample: { value: [1, 'double'], timestamp: [2, 'int64'] },
  Histogram: { countInt: [1, 'uint64'], countFloat: [2, 'double'], sum: [3, 'double'], timestamp: [15, 'int64'] },
  Ignored: {},
})

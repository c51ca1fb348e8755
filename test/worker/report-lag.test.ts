import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { runLagReport } from '../../services/worker/report-lag.ts'

test('the lag of own partitions is what is not committed yet; of others it is 0', async () => {
  const metrics = buildMetrics('worker')
  const stop = new AbortController()
  let lagging = 0
  const offsets = [
    { partition: 0, first: 0, end: 10, committed: 4 },
    { partition: 1, first: 30, end: 50, committed: undefined },
    { partition: 2, first: 0, end: 7, committed: 7 },
    { partition: 3, first: 0, end: 99, committed: 1 },
  ]
  const reading = runLagReport(
    { group: 'weir-worker', topics: ['weir.access-log.v1'], intervalMs: 1 },
    {
      eventLog: { offsets: async () => offsets },
      consumer: { owns: (_, partition) => partition !== 3 },
      metrics,
      logger: pino({ level: 'silent' }),
      onLag: () => {
        lagging++
        stop.abort()
      },
    },
    stop.signal,
  )
  await reading
  const lag = (await metrics.registry.getMetricsAsJSON()).find(metric => metric.name === 'event_log_lag_records')
  assert.deepEqual(
    lag?.values.map(({ labels, value }) => [labels['partition'], value]),
    [
      [0, 6],
      [1, 20],
      [2, 0],
      [3, 0],
    ],
  )
  assert.equal(lagging, 2)
})

test('offsets that cannot be read for a while do not end the report', async () => {
  const stop = new AbortController()
  let readings = 0
  await runLagReport(
    { group: 'weir-worker', topics: ['weir.access-log.v1'], intervalMs: 1 },
    {
      eventLog: {
        offsets: async () => {
          if (++readings === 3) stop.abort()
          throw new Error('made by the test')
        },
      },
      consumer: { owns: () => true },
      metrics: buildMetrics('worker'),
      logger: pino({ level: 'silent' }),
      onLag: () => {},
    },
    stop.signal,
  )
  assert.equal(readings, 3)
})

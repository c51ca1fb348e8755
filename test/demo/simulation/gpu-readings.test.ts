import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readExposition } from '../../../schemas/metrics/read-exposition.ts'
import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import { renderDcgmExposition } from '../../../services/demo/simulation/emit/dcgm-exposition.ts'
import { engineRestart } from '../../../services/demo/simulation/incident.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { play, START_MS } from './play.ts'

describe('GPU readings of the simulated platform', () => {
  const incidents = [{ start_ms: START_MS + MINUTE, script: engineRestart }]
  const { outputs } = play({ minutes: 6, incidents })
  const readings = outputs.flatMap(output => output.gpuScrapes)
  const hosts = Map.groupBy(readings, reading => reading.host)

  it('add up to the time in which each engine had requests running', () => {
    assert.equal(hosts.size, 5)
    for (const [host, of] of hosts) {
      let [beforeMs, busyMs] = [START_MS, 0]
      for (const reading of of) {
        busyMs += reading.active_ratio * (reading.sampled_at - beforeMs)
        beforeMs = reading.sampled_at
        assert.ok(reading.active_ratio >= 0 && reading.active_ratio <= 1)
        assert.ok(Math.abs(busyMs - reading.busy_ms) < 1 + of.length, `${host}: ${busyMs} of ${reading.busy_ms} ms`)
      }
      assert.ok(busyMs > 0 && busyMs < 6 * MINUTE, host)
    }
  })

  it('go on while an engine is down, when its GPUs are there and idle', () => {
    const scraped = new Set(
      outputs.flatMap(output => output.scrapes).map(({ endpoint, sampled_at }) => `${endpoint.split(':')[0]} ${sampled_at}`),
    )
    const down = readings.filter(({ host, sampled_at }) => !scraped.has(`${host} ${sampled_at}`))
    assert.ok(down.length > 0)
    assert.ok(down.slice(1).every(({ active_ratio }) => active_ratio === 0))
  })

  it('are read back from the exposition, a sample for each GPU', () => {
    for (const pool of defaultPlatform.pools) {
      const reading = readings.findLast(one => one.pool === pool.name)
      assert.ok(reading)
      const scrape = readExposition(renderDcgmExposition(reading), {
        pool: pool.name,
        endpoint: `${reading.host}:9400`,
        sampledAtMs: reading.sampled_at,
      })
      assert.deepEqual([scrape.product, scrape.errors, scrape.unknownSeries, scrape.gpus.length], ['dcgm', [], 0, pool.gpus_per_engine])
      assert.equal(new Set(scrape.gpus.map(gpu => gpu.gpu_uuid)).size, pool.gpus_per_engine)
      for (const gpu of scrape.gpus) {
        assert.ok(Math.abs((gpu.engine_active_ratio ?? 9) - reading.active_ratio) < 1e-6)
        assert.deepEqual([gpu.pool, gpu.gpu_model], [pool.name, pool.gpu_model])
      }
    }
  })
})

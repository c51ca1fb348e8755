import { ACCESS_LOG_TOPIC, ENGINE_METRICS_TOPIC } from '../../../schemas/topics.ts'
import { beginRawWriter } from '../../../services/cli/report/raw-writer.ts'
import { buildRenderer } from '../../../services/demo/simulation/emit/render.ts'
import { renderVllmExposition } from '../../../services/demo/simulation/emit/vllm-exposition.ts'
import type { EngineReading } from '../../../services/demo/simulation/engine-reading.ts'
import { openSimulation, type SimulationConfig, type SimulationOutput } from '../../../services/demo/simulation/run.ts'
import type { RequestTruth } from '../../../services/demo/simulation/truth.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import type { LogRecord } from '../../../services/platform/event-log/port.ts'
import { openPriceBookStore } from '../../../services/settle/price-book-store.ts'
import { settleWindows } from '../../../services/settle/settle-windows.ts'
import type { Play, Played } from './family.ts'

/** Lines of one message. */
const LINES_A_MESSAGE = 500

/**
 * All that happens in the simulation: requests in order of their ends, scrapes in order of time. Also for reruns with something left out.
 */
export function simulate(simulation: SimulationConfig, minutes: number): SimulationOutput {
  const running = openSimulation(simulation)
  const untilMs = simulation.startMs + minutes * MINUTE
  const [first, rest] = [running.advanceTo(untilMs), running.drain()]
  return {
    untilMs,
    requests: [...first.requests, ...rest.requests],
    scrapes: [...first.scrapes, ...rest.scrapes],
    gpuScrapes: [...first.gpuScrapes, ...rest.gpuScrapes],
    phases: [...first.phases, ...rest.phases],
  }
}

/** Plays a scenario through the worker's steps and settle into an empty, migrated database. */
export async function play(scenario: Play, seed: number, { clickhouse }: { clickhouse: ClickHouse }): Promise<Played> {
  const { simulation, minutes, edit = truth => truth, prepare } = scenario
  await prepare?.(clickhouse)
  const truth = edit(simulate(simulation, minutes))
  const fromMs = simulation.startMs
  const toMs = fromMs + minutes * MINUTE
  const now = () => toMs + 30 * MINUTE
  const writer = await beginRawWriter({ ownDialects: [] }, { clickhouse, now })
  for (const record of recordsOf(scenario, truth)) if ((await writer.add(record)) === undefined) break
  const windows = await writer.finish()
  const prices = await openPriceBookStore({}, { clickhouse })
  await settleWindows(windows, { clickhouse, prices, now })
  return { ...scenario, seed, fromMs, toMs, truth, clickhouse }
}

/** What gateways and model servers send of it, as far as it is seen: one partition a gateway, and one for all scrapes. */
function* recordsOf({ simulation, isSeen = () => true }: Play, truth: SimulationOutput): Generator<LogRecord> {
  const render = buildRenderer(simulation.platform)
  const byGateway = Map.groupBy(truth.requests, request => request.gateway)
  let partition = 0
  for (const [source, requests] of byGateway) {
    const seen = requests.filter(({ ended_at }) => isSeen({ source, atMs: ended_at, kind: 'line' }))
    yield* linesOf(seen, render, { source, partition: partition++ })
  }
  const scrapes = truth.scrapes.filter(({ endpoint, sampled_at }) => isSeen({ source: endpoint, atMs: sampled_at, kind: 'scrape' }))
  for (const [offset, reading] of scrapes.entries()) yield scrapeOf(reading, offset)
}

function* linesOf(
  requests: readonly RequestTruth[],
  render: (request: RequestTruth) => string[],
  { source, partition }: { source: string; partition: number },
): Generator<LogRecord> {
  for (let offset = 0, first = 0; first < requests.length; first += LINES_A_MESSAGE, offset++) {
    const some = requests.slice(first, first + LINES_A_MESSAGE)
    yield {
      topic: ACCESS_LOG_TOPIC,
      partition,
      offset,
      timestampMs: some.at(-1)?.ended_at ?? 0,
      key: undefined,
      value: Buffer.from(some.flatMap(render).join('\n')),
      headers: { source },
    }
  }
}

function scrapeOf(reading: EngineReading, offset: number): LogRecord {
  const { pool, endpoint, sampled_at } = reading
  return {
    topic: ENGINE_METRICS_TOPIC,
    partition: 0,
    offset,
    timestampMs: sampled_at,
    key: undefined,
    value: Buffer.from(renderVllmExposition(reading)),
    headers: { pool, endpoint, 'scraped-at-ms': String(sampled_at) },
  }
}

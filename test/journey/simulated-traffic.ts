import { defaultPlatform } from '../../services/demo/simulation/default-platform.ts'
import { buildRenderer } from '../../services/demo/simulation/emit/render.ts'
import { renderVllmExposition } from '../../services/demo/simulation/emit/vllm-exposition.ts'
import type { EngineReading } from '../../services/demo/simulation/engine-reading.ts'
import { engineRestart, providerOutage } from '../../services/demo/simulation/incident.ts'
import { openSimulation } from '../../services/demo/simulation/run.ts'
import type { RequestTruth } from '../../services/demo/simulation/truth.ts'
import { MINUTE, windowStart } from '../../services/platform/clock.ts'

/** What the demo's platform did in some minutes, as its gateways and model servers tell it, with the truth behind it. */
export interface SimulatedTraffic {
  /** The first and the last window that may have rows, ms; the end is exclusive. */
  fromMs: number
  toMs: number
  requests: readonly RequestTruth[]
  readings: readonly EngineReading[]
  /** Lines in the order of their requests' ends. `source` is the gateway that wrote the line. */
  lines: readonly { source: string; text: string }[]
  /** One scrape each; `path` is that of POST /v1/engine-metrics with the place and time of the reading. */
  expositions: readonly { path: string; text: string }[]
}

/** Time for requests that had arrived by the end to finish: the longest policy has three tries of a minute and a fallback's three. */
const RUN_OFF_MS = 8 * MINUTE

/**
 * Plays `minutes` of the demo's platform, ending shortly before `nowMs`, with an outage of a provider from the second minute on and the
 * restart of an engine in the fifth: retries, fallbacks, timeouts, cancelled and rejected requests and answers from a cache all occur.
 */
export function simulateTraffic({ seed, minutes, nowMs }: { seed: number; minutes: number; nowMs: number }): SimulatedTraffic {
  const startMs = windowStart(nowMs) - minutes * MINUTE - RUN_OFF_MS
  const incidents = [
    { start_ms: startMs + MINUTE, script: providerOutage },
    { start_ms: startMs + 4 * MINUTE, script: engineRestart },
  ]
  const simulation = openSimulation({ seed, startMs, platform: defaultPlatform, incidents })
  const outputs = [simulation.advanceTo(startMs + minutes * MINUTE), simulation.drain()]
  const requests = outputs.flatMap(output => output.requests)
  const readings = outputs.flatMap(output => output.scrapes)
  const render = buildRenderer(defaultPlatform)
  return {
    fromMs: startMs,
    toMs: windowStart(nowMs) + MINUTE,
    requests,
    readings,
    lines: requests.flatMap(request => render(request).map(text => ({ source: request.gateway, text }))),
    expositions: readings.map(reading => ({ path: expositionPath(reading), text: renderVllmExposition(reading) })),
  }
}

function expositionPath({ pool, endpoint, sampled_at }: EngineReading): string {
  return `/v1/engine-metrics?${new URLSearchParams({ pool, endpoint, at_ms: String(sampled_at) })}`
}

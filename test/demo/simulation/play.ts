import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import { buildRenderer } from '../../../services/demo/simulation/emit/render.ts'
import { renderVllmExposition } from '../../../services/demo/simulation/emit/vllm-exposition.ts'
import type { EngineReading } from '../../../services/demo/simulation/engine-reading.ts'
import type { PlannedIncident } from '../../../services/demo/simulation/incident.ts'
import type { PlatformConfig } from '../../../services/demo/simulation/platform-model.ts'
import { openSimulation, type SimulationOutput } from '../../../services/demo/simulation/run.ts'
import type { RequestTruth } from '../../../services/demo/simulation/truth.ts'
import { MINUTE } from '../../../services/platform/clock.ts'

/** A minute boundary in 2026. */
export const START_MS = 1_790_000_040_000

/** What a run is made of. */
export interface PlayOptions {
  seed?: number
  minutes: number
  stepMs?: number
  platform?: PlatformConfig
  incidents?: readonly PlannedIncident[]
}

/** Plays a platform for some minutes, then until every request has finished. */
export function play({ seed = 7, minutes, stepMs = MINUTE, platform = defaultPlatform, incidents = [] }: PlayOptions) {
  const simulation = openSimulation({ seed, startMs: START_MS, platform, incidents })
  const requests: RequestTruth[] = []
  const scrapes: EngineReading[] = []
  const outputs: SimulationOutput[] = []
  const endMs = START_MS + minutes * MINUTE
  for (let nowMs = START_MS; nowMs < endMs; ) {
    nowMs = Math.min(endMs, nowMs + stepMs)
    outputs.push(simulation.advanceTo(nowMs))
  }
  outputs.push(simulation.drain())
  for (const output of outputs) {
    requests.push(...output.requests)
    scrapes.push(...output.scrapes)
  }
  return { simulation, requests, scrapes, outputs }
}

/** Every byte that a run writes: lines and expositions, each prefixed with its place in time. */
export function bytesOf(run: { requests: readonly RequestTruth[]; scrapes: readonly EngineReading[] }): string {
  const render = buildRenderer(defaultPlatform)
  return [...run.requests.flatMap(request => render(request)), ...run.scrapes.map(renderVllmExposition)].join('\n')
}

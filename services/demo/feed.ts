import { type Dispatcher, request } from 'undici'
import { AppError } from '../platform/errors.ts'
import { renderDcgmExposition } from './simulation/emit/dcgm-exposition.ts'
import { buildRenderer } from './simulation/emit/render.ts'
import { renderVllmExposition } from './simulation/emit/vllm-exposition.ts'
import type { PlatformConfig } from './simulation/platform-model.ts'
import type { SimulationOutput } from './simulation/run.ts'

/** Sends what a simulation put out to ingest, as its gateways, model servers and GPU exporters would. Gives the number of lines. */
export type Feed = (output: SimulationOutput) => Promise<number>

/** Builds the feed: lines go to `ingestUrl` with the gateway as their source, readings one by one with the time they were taken at. */
export function buildFeed(config: { ingestUrl: string; platform: PlatformConfig }): Feed {
  const render = buildRenderer(config.platform)
  return async output => {
    const bySource = new Map<string, string[]>()
    for (const finished of output.requests) {
      const lines = bySource.get(finished.gateway) ?? []
      lines.push(...render(finished))
      bySource.set(finished.gateway, lines)
    }
    let sent = 0
    for (const [source, lines] of bySource) {
      if (lines.length === 0) continue
      const url = `${config.ingestUrl}/v1/access-logs?source=${encodeURIComponent(source)}`
      await post(url, 'application/x-ndjson', lines.join('\n'))
      sent += lines.length
    }
    for (const reading of output.scrapes) {
      const query = new URLSearchParams({ pool: reading.pool, endpoint: reading.endpoint, at_ms: String(reading.sampled_at) })
      await post(`${config.ingestUrl}/v1/engine-metrics?${query}`, 'text/plain', renderVllmExposition(reading))
    }
    for (const reading of output.gpuScrapes) {
      const query = new URLSearchParams({ pool: reading.pool, endpoint: `${reading.host}:9400`, at_ms: String(reading.sampled_at) })
      await post(`${config.ingestUrl}/v1/engine-metrics?${query}`, 'text/plain', renderDcgmExposition(reading))
    }
    return sent
  }
}

async function post(url: string, contentType: string, body: string): Promise<void> {
  const answer: Dispatcher.ResponseData = await request(url, { method: 'POST', headers: { 'content-type': contentType }, body })
  const text = await answer.body.text()
  const rejected = answer.statusCode === 202 ? (JSON.parse(text) as { rejected: unknown[] }).rejected.length : 0
  if (answer.statusCode !== 202 || rejected > 0) {
    throw new AppError('DEMO_FEED_REFUSED', `ingest answered ${answer.statusCode} to the demo’s own lines: ${text.slice(0, 300)}`)
  }
}

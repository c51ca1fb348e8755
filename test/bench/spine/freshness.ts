/** Freshness from outside: lines of their own are posted, and the API is asked until it shows them. */
import { delay } from '../../../services/platform/clock.ts'
import type { StandaloneProcess } from './standalone-process.ts'

/** Seconds from sending a marker (before the request is made) to reading it back in settled figures. */
export interface Freshness {
  markers: number
  /** Markers that did not show within the time allowed. */
  missing: number
  p50: number | null
  p95: number | null
  p99: number | null
  max: number | null
  /** What settle's own histogram says, from the event log's receipt of the oldest line of a window: an upper bound of the bucket. */
  settle_p95_at_most: number | null
}

/** One marker is sent so often: 120 a minute stay below the label values that keep their names in a window. */
const MARKER_EVERY_MS = 500
const ASK_EVERY_MS = 150
const ALLOWED_MS = 60_000
const TENANT = 'freshness-marker'

/** Measures until `signal` aborts, then waits for the markers still under way. */
export async function measureFreshness(weir: StandaloneProcess, signal: AbortSignal): Promise<Freshness> {
  const sent = new Map<string, number>()
  const seen = new Map<string, number>()
  const startedMs = Date.now()
  const before = await weir.exposition('settle')
  const asking = (async () => {
    const isWaiting = () => [...sent].some(([route, sentMs]) => !seen.has(route) && Date.now() - sentMs < ALLOWED_MS)
    while (!signal.aborted || isWaiting()) {
      await delay(ASK_EVERY_MS)
      for (const route of await readableMarkers(weir, startedMs)) if (!seen.has(route)) seen.set(route, Date.now())
    }
  })()
  for (let index = 0; !signal.aborted; index++) {
    const route = `marker-${index}`
    const sentMs = Date.now()
    sent.set(route, sentMs)
    await sendMarker(weir, route, sentMs)
    await delay(Math.max(0, MARKER_EVERY_MS - (Date.now() - sentMs)), signal)
  }
  await asking
  const seconds = [...seen].map(([route, seenMs]) => (seenMs - (sent.get(route) as number)) / 1000).sort((a, b) => a - b)
  const at = (share: number) =>
    seconds.length === 0 ? null : (seconds[Math.min(seconds.length - 1, Math.ceil(share * seconds.length) - 1)] as number)
  return {
    markers: sent.size,
    missing: sent.size - seen.size,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    settle_p95_at_most: bucketOf(before, await weir.exposition('settle'), 0.95),
  }
}

async function sendMarker(weir: StandaloneProcess, route: string, nowMs: number): Promise<void> {
  const line = {
    tenant_id: TENANT,
    request_id: `${route}-${nowMs}`,
    started_at: nowMs,
    ended_at: nowMs,
    route,
    request_model: 'gpt-4o',
    upstream_kind: 'provider',
    provider: 'openai',
    attempts_reported: 1,
    attempt_no: 1,
    status_code: 200,
    outcome: 'ok',
    input_tokens: 1,
    output_tokens: 1,
    usage_quality: 'reported',
  }
  const answer = await fetch(`${weir.ingestUrl}/v1/access-logs?source=bench`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: JSON.stringify(line),
  })
  if (answer.status !== 202) throw new Error(`ingest answered ${answer.status} to a marker: ${(await answer.text()).slice(0, 300)}`)
  await answer.text()
}

async function readableMarkers(weir: StandaloneProcess, startedMs: number): Promise<string[]> {
  const question = new URLSearchParams({
    // Only the last minutes, so that the answer stays small in a long run.
    from: new Date(Math.max(startedMs - 60_000, Date.now() - ALLOWED_MS - 120_000)).toISOString(),
    to: new Date(Date.now() + 60_000).toISOString(),
    group_by: 'route',
    tenant_id: TENANT,
    limit: '1000',
  })
  const answer = await fetch(`${weir.apiUrl}/v1/usage?${question}`)
  if (!answer.ok) throw new Error(`the API answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
  const { rows } = (await answer.json()) as { rows: { route: string }[] }
  return rows.map(row => row.route)
}

/** The upper bound of the histogram bucket that holds the share, of what was observed between two readings. */
function bucketOf(before: string, after: string, share: number): number | null {
  const [old, now] = [bucketsOf(before), bucketsOf(after)]
  const total = (now.get(Number.POSITIVE_INFINITY) ?? 0) - (old.get(Number.POSITIVE_INFINITY) ?? 0)
  if (total === 0) return null
  for (const [bound, count] of now) if (count - (old.get(bound) ?? 0) >= share * total) return Number.isFinite(bound) ? bound : null
  return null
}

function bucketsOf(exposition: string): Map<number, number> {
  const buckets = new Map<number, number>()
  for (const [, bound, count] of exposition.matchAll(/^settle_freshness_seconds_bucket\{le="([^"]+)".*\} (\d+)$/gm))
    buckets.set(bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound), Number(count))
  return buckets
}

import { topics } from '../../schemas/topics.ts'
import { buildApi } from '../../services/api/app.ts'
import { defaultPlatform } from '../../services/demo/simulation/default-platform.ts'
import { providerOutage } from '../../services/demo/simulation/incident.ts'
import { scalePlatform } from '../../services/demo/simulation/platform-model.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { MINUTE, SECOND } from '../../services/platform/clock.ts'
import { buildProgress } from '../../services/platform/health.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import type { TokenHolder } from '../../services/platform/tokens.ts'
import { play } from '../bench/answers/play.ts'
import { openTestClickHouse, type TestScope } from '../fakes/clickhouse-server.ts'
import { buildInMemoryEventLog } from '../fakes/in-memory-event-log.ts'

/** A Thursday in 2026: half an hour of traffic ends here, the outage on. */
export const NOW_MS = Date.parse('2026-11-26T10:30:20Z')
const MINUTES = 30
const OUTAGE_AFTER_MS = 24 * MINUTE
/** Obviously fake tokens. */
const tokens: Readonly<Record<string, TokenHolder>> = {
  'fake-operator': { name: 'operations', role: 'operator' },
  'fake-acme': { name: 'acme', role: 'tenant', tenants: ['acme'] },
  'fake-finance': { name: 'finance', role: 'finance' },
}

/** A database with traffic of the demo's platform, `scale` of it, in which a provider fails. */
export async function openPlayed(t: TestScope, { scale = 0.2 } = {}): Promise<ClickHouse> {
  const { clickhouse } = await openTestClickHouse(t)
  await fill(clickhouse, scale)
  return clickhouse
}

/** The API with the console on a free port; gives its address. `isOpen`: without tokens. */
export async function openConsoleServer(
  t: TestScope,
  { isOpen, clickhouse }: { isOpen: boolean; clickhouse: ClickHouse },
): Promise<string> {
  const now = () => NOW_MS
  const app = buildApi(
    { queryTimeoutMs: 30_000, requestsAtOnce: 8, requestsOfTokenAtOnce: 4 },
    {
      clickhouse,
      openEventLog: async () => buildInMemoryEventLog({ topics }),
      tokens: isOpen ? undefined : { lookup: bearer => (Object.hasOwn(tokens, bearer) ? tokens[bearer] : undefined) },
      logger: buildLogger({ service: 'api', level: 'silent' }),
      metrics: buildMetrics('api'),
      progress: buildProgress(now, { stalledAfterMs: MINUTE }),
      now,
    },
  )
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => app.close())
  return url
}

async function fill(clickhouse: ClickHouse, scale: number): Promise<void> {
  const startMs = Math.floor(NOW_MS / MINUTE) * MINUTE - MINUTES * MINUTE
  const incidents = [{ start_ms: startMs + OUTAGE_AFTER_MS, script: providerOutage }]
  const simulation = { seed: 1, startMs, platform: scalePlatform(defaultPlatform, scale), incidents }
  await play({ simulation, minutes: MINUTES }, 1, { clickhouse })
  const atMs = NOW_MS - 90 * SECOND
  await clickhouse.insert(
    'dead_letters',
    ['received_at', 'source', 'code', 'message', 'line', 'encoding', 'log_epoch', 'topic', 'partition', 'offset', 'line_no'],
    [[atMs, 'edge-7', 'LINE_NOT_JSON', 'the line is no JSON object', '<html>502</html>', 'utf8', 'e', 'weir.access-log.v1', 0, 1, 0]],
  )
}

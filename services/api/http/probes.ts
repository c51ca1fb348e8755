import type { FastifyInstance } from 'fastify'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { type ProbeDeps, probeAnswer } from '../../platform/health.ts'
import type { Metrics } from '../../platform/metrics.ts'

/** Paths that need no token. Ready: ClickHouse answers and has the tables. */
export const PROBES = ['/healthz', '/readyz', '/metrics'] as const

/** What the probes need. */
export interface ProbesDeps extends Pick<ProbeDeps, 'progress' | 'parts'> {
  clickhouse: ClickHouse
  metrics: Metrics<'api'>
}

/** Adds the probes. */
export function registerProbes(app: FastifyInstance, deps: ProbesDeps): void {
  for (const path of PROBES) {
    app.get(path, { schema: { hide: true } }, async (_request, reply) => {
      const isReady = path !== '/readyz' || (await hasTables(deps.clickhouse))
      const { progress, metrics, parts } = deps
      const answer = await probeAnswer(path, { progress, registry: metrics.registry, isReady: () => isReady, parts })
      return reply
        .code(answer?.status ?? 404)
        .type(answer?.contentType ?? 'text/plain')
        .send(answer?.body)
    })
  }
}

async function hasTables(clickhouse: ClickHouse): Promise<boolean> {
  return await clickhouse.query('SELECT 1 FROM {database}.settled_windows LIMIT 0', {}, { max_execution_time: 2 }).then(
    () => true,
    () => false,
  )
}

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RawParameters } from '../http/parameters.ts'
import type { Reader, ReaderOf } from '../http/readers.ts'
import { budgetsEndpoint, registerBudgets } from './budgets.ts'
import { chargesReport, costDriftReport } from './charges.ts'
import { answerCompleteness, completenessAskable } from './completeness.ts'
import { latencyReport } from './latency.ts'
import { poolCostsReport, poolUseReport } from './pool-costs.ts'
import { providersReport } from './providers.ts'
import { answerReport, type Report, type ReportDeps } from './report.ts'
import { completenessSchema, reportSchema } from './report-schema.ts'
import { resilienceReport } from './resilience.ts'
import { saturationReport } from './saturation.ts'
import { securityReport } from './security.ts'
import { usageReport } from './usage.ts'

/** Every report, in the order of the index. */
export const reports: readonly Report[] = [
  usageReport,
  latencyReport,
  saturationReport,
  resilienceReport,
  providersReport,
  securityReport,
  chargesReport,
  costDriftReport,
  poolCostsReport,
  poolUseReport,
]

/** Path and summary of every endpoint of this room, for the index. */
export const reportEndpoints: readonly { path: string; summary: string }[] = [
  ...reports.map(({ path, summary }) => ({ path, summary })),
  budgetsEndpoint,
  { path: completenessAskable.path, summary: 'What arrived, what is settled, and whether the books balance' },
]

/** Adds an endpoint for each report, completeness and budgets. */
export function registerReports(app: FastifyInstance, deps: ReportDeps & { readerOf: ReaderOf }): void {
  const answered =
    <T>(answer: (raw: RawParameters, reader: Reader) => Promise<T>) =>
    async (request: FastifyRequest): Promise<T> =>
      await answer(request.query as RawParameters, deps.readerOf(request.headers.authorization))
  for (const report of reports) {
    app.get(
      report.path,
      { schema: reportSchema(report) },
      answered((raw, reader) => answerReport(report, raw, reader, deps)),
    )
  }
  app.get(
    completenessAskable.path,
    { schema: completenessSchema() },
    answered((raw, reader) => answerCompleteness(raw, reader, deps)),
  )
  registerBudgets(app, deps)
}

import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { boards } from '../../../dashboards/boards.ts'
import { type Panel, variables } from '../../../dashboards/panel.ts'
import { panels } from '../../../dashboards/panels.ts'
import { isoTime, readSettledUntil } from '../../answers/settled-until.ts'
import { csvLine, csvPlain, csvText } from '../../money/csv.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { about, filterParameter, periodParameters, problems } from '../http/openapi.ts'
import { parseQuestion, type RawParameters } from '../http/parameters.ts'
import { stepText, timeText } from '../http/period.ts'
import { limitedClickHouse, type ReadLimits } from '../http/read-limits.ts'
import { type Reader, type ReaderOf, scopeOf } from '../http/readers.ts'
import { PanelAnswer, PanelList } from './panel-schemas.ts'
import { type PanelRow, readPanel, stepFor } from './read-panel.ts'

/** What panels are answered with. */
export interface PanelDeps {
  clickhouse: ClickHouse
  now: Now
  limits: ReadLimits
}

const PANEL = '/v1/panels/{name}'
/** The endpoints, for the index. */
export const panelEndpoints = [
  { path: '/v1/panels', summary: 'The boards and panels that this reader may see' },
  { path: PANEL, summary: 'The rows of a panel, as JSON or CSV' },
] as const

/** Adds the list of panels and their rows: the figures of Grafana's dashboards and of the console, by one definition. */
export function registerPanels(app: FastifyInstance, deps: PanelDeps & { readerOf: ReaderOf }): void {
  app.get(panelEndpoints[0].path, { schema: listSchema }, (request: FastifyRequest) => listOf(deps.readerOf(request.headers.authorization)))
  app.get(PANEL.replace('{name}', ':name'), { schema: panelSchema }, async (request: FastifyRequest, reply) => {
    const reader = deps.readerOf(request.headers.authorization)
    const panel = panelOf((request.params as { name: string }).name, reader)
    const { format, answer } = await answerPanel(panel, request.query as RawParameters, reader, deps)
    if (format === 'json') return answer
    reply.header('content-disposition', `attachment; filename="${panel.name}.csv"`)
    return reply.type('text/csv; charset=utf-8').send(csvOf(panel, answer.rows))
  })
}

/** Panels of tenants are every reader's; those that show what is of all are operators', and of callers finance sees none. */
function maySee(panel: Panel, reader: Reader): boolean {
  if (reader.role !== 'operator') return panel.audience === 'tenant'
  return reader.isFinance !== true || panel.isOfCallers !== true
}

function listOf(reader: Reader): Static<typeof PanelList> {
  const seen = panels.filter(panel => maySee(panel, reader))
  const isSeen = (name: string) => seen.some(panel => panel.name === name)
  const shown = boards.map(board => ({
    ...board,
    rows: board.rows.map(row => row.filter(isSeen)).filter(row => row.length > 0),
  }))
  return { boards: shown, panels: seen.map(({ isOfCallers, ...told }) => told) } as unknown as Static<typeof PanelList>
}

function panelOf(name: string, reader: Reader): Panel {
  const panel = panels.find(one => one.name === name)
  if (panel === undefined) throw new AppError('API_REQUEST_INVALID', `there is no panel of this name: ${panelEndpoints[0].path} lists them`)
  if (!maySee(panel, reader)) throw new AppError('API_FORBIDDEN', `the panel ${name} is for operators only`)
  return panel
}

async function answerPanel(panel: Panel, raw: RawParameters, reader: Reader, deps: PanelDeps) {
  const askable = {
    path: PANEL.replace('{name}', panel.name),
    filters: panel.variables,
    ...{ defaultLimit: 1, maxLimit: 1, hasSteps: true, formats: ['json', 'csv'] as const },
  }
  const question = parseQuestion(raw, askable, deps.now)
  const { fromMs, toMs } = question.period
  const stepMs = question.stepMs ?? stepFor(toMs - fromMs)
  const scope = scopeOf(reader, question.filters['tenant_id'])
  const [rows, { untilMs }] = await Promise.all([
    readPanel(panel, { question, stepMs, scope }, deps),
    readSettledUntil({ fromMs, toMs, scope }, { clickhouse: limitedClickHouse(deps) }),
  ])
  const answer = {
    panel: panel.name,
    ...{ from: timeText(fromMs), to: timeText(toMs), step: stepText(stepMs), settled_until: isoTime(untilMs) },
    columns: panel.columns,
    rows,
  }
  return { format: question.format, answer }
}

function csvOf(panel: Panel, rows: readonly PanelRow[]): string {
  const cell = (value: PanelRow[string] | undefined) => (typeof value === 'number' ? csvPlain(value) : csvText(value ?? null))
  const lines = rows.map(row => csvLine(panel.columns.map(({ name }) => cell(row[name]))))
  return csvLine(panel.columns.map(({ name }) => csvText(name))) + lines.join('')
}

const listSchema = {
  ...about({ summary: panelEndpoints[0].summary, description: 'What the console and Grafana’s dashboards show, and how.' }),
  response: { 200: PanelList, ...problems },
}
const panelSchema = {
  ...about({
    summary: panelEndpoints[1].summary,
    description:
      'Rows of settled windows, by steps where the panel has a time. A tenant’s token sees its own tenants in every panel. A filter that ' +
      'the panel does not know is refused: `variables` of the list names those that it has.',
  }),
  params: Type.Object({ name: Type.String({ description: 'name of a panel' }) }),
  querystring: Type.Object({
    ...periodParameters,
    format: Type.Optional(
      Type.Union([Type.Literal('json'), Type.Literal('csv')], { default: 'json', description: 'csv: with a head line' }),
    ),
    step: Type.Optional(Type.String({ description: 'length of a step, such as 5m or PT1H; by the length of the period unless told' })),
    ...Object.fromEntries(variables.map(name => [name, filterParameter(name)])),
  }),
  response: { 200: PanelAnswer, ...problems },
}

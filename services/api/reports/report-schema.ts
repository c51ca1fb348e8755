import type { FastifySchema } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { about, filterParameter, limitParameter, periodParameters, problems } from '../http/openapi.ts'
import { CompletenessAnswer, completenessAskable } from './completeness.ts'
import { CompletenessSummary } from './completeness-summary.ts'
import { PAGE_ROWS, type Report } from './report.ts'

/** The schema of a report's route: its parameters and its answer. */
export function reportSchema(report: Report): FastifySchema {
  const groups = Object.fromEntries(report.dimensions.map(name => [name, Type.Optional(report.dimensionSchemas?.[name] ?? Type.String())]))
  const row = Type.Object({
    window_start: Type.Optional(Type.String({ format: 'date-time', description: 'start of the step; only with step' })),
    ...groups,
    ...Object.fromEntries(report.fixedKeys.map(name => [name, Type.String()])),
    ...report.measures.properties,
  })
  return {
    ...about(report),
    querystring: Type.Object({
      ...periodParameters,
      group_by: Type.Optional(
        Type.String({
          description: `comma-separated list of ${report.dimensions.join(', ')}, or none for one total; default: all of them`,
        }),
      ),
      step: Type.Optional(
        Type.String({ description: '1m, 5m, 1h, 1d or an ISO 8601 duration of whole minutes; default: the whole range is one' }),
      ),
      limit: limitParameter(PAGE_ROWS.most, PAGE_ROWS.default, 'rows of a page'),
      cursor: Type.Optional(Type.String({ description: 'next_cursor of the page before' })),
      tenant_id: filterParameter('tenant_id'),
      ...Object.fromEntries(Object.keys(report.conditions).map(name => [name, filterParameter(name)])),
    }),
    response: {
      200: Type.Object({
        from: Type.String({ format: 'date-time' }),
        to: Type.String({ format: 'date-time' }),
        step: Type.Union([Type.String(), Type.Null()]),
        completeness: CompletenessSummary,
        rows: Type.Array(row),
        next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'null: this is the last page' }),
      }),
      ...problems,
      410: problems[400],
    },
  }
}

/** The schema of the completeness route. */
export function completenessSchema(): FastifySchema {
  return {
    ...about({
      summary: 'What arrived, what is settled, and whether the books balance',
      description:
        'Counts of lines, rows, requests and attempts go by window, that is by when requests started; dead letters and the balance by ' +
        'when the event log took the message.',
    }),
    querystring: Type.Object({
      ...periodParameters,
      limit: limitParameter(
        completenessAskable.maxLimit,
        completenessAskable.defaultLimit,
        'length of the lists of dead letters and conflicts',
      ),
      tenant_id: filterParameter('tenant_id'),
    }),
    response: { 200: CompletenessAnswer as TSchema, ...problems },
  }
}

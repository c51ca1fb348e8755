import Type from 'typebox'
import { withRatios } from '../../../schemas/ratios.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { columnConditions } from './conditions.ts'
import type { Report } from './report.ts'
import { count, hidden, money, orNull, pick, reading } from './row-schemas.ts'

const hours = (description: string) => Type.String({ pattern: '^\\d+(\\.\\d+)?$', description: `${description}; exact decimal text` })

// Of the hour that runs it is the newest settled minute, whose ever.
const toldUntil = orNull(
  Type.String({
    format: 'date-time',
    description: 'end of the last hour, or part of the hour that runs, that is told: hours that are over are told whole; for operators',
  }),
)

const shareMeasures = Type.Object({
  told_until: toldUntil,
  cost: money('part of the pools’ cost'),
  gpu_hours: hours('part of their GPU-hours'),
})

/** GET /v1/pool-costs: who bears the cost of GPU pools. */
export const poolCostsReport: Report = {
  path: '/v1/pool-costs',
  summary: 'Who bears the cost of GPU pools',
  description:
    'Busy time by measured work, idle time by the policy of the billing terms (tenant_id __idle__: kept apart), and what nothing ' +
    'measured explains (__unattributed__); together the cost of the pools, to the last digit. Of hours that begin in the range. A ' +
    'tenant sees its own shares.',
  rows: readQuery(import.meta.url, 'pool-costs'),
  dimensions: ['tenant_id', 'pool', 'model', 'kind', 'reason'],
  fixedKeys: ['currency'],
  conditions: columnConditions('pool', 'model', 'kind'),
  measures: shareMeasures,
  toMeasures: (row, seesVolumes) => (seesVolumes ? pick(row, shareMeasures) : hidden(pick(row, shareMeasures), ['told_until'])),
}

const ownMeasures = {
  cost: money('busy, idle and unattributed together'),
  busy_cost: money('time in which known work was done'),
  idle_cost: money('time in which nothing was done, whoever bears it'),
  unattributed_cost: money('time that was not measured, or in which the GPUs worked although no attempt is known'),
  gpu_hours: hours('GPU-hours'),
}

// What a pool did is of everyone: with its own part, a tenant would know the others'.
const ofEveryone = {
  told_until: toldUntil,
  minutes: orNull(count('minutes of the hours')),
  measured_minutes: orNull(count('of these, with a reading')),
  measured_gpu_hours: orNull(hours('of which it is known how much they worked')),
  busy_gpu_hours: orNull(hours('that worked')),
  input_tokens: orNull(count('tokens of the attempts, cached ones included')),
  cached_input_tokens: orNull(count('part of input_tokens')),
  output_tokens: orNull(count('likewise')),
  compared_cost: orNull(money('the same tokens at the provider that the billing terms compare with; null: no comparison or no price')),
  warm_up_minutes: orNull(count('minutes in which GPUs were there and fewer model servers answered than run on them')),
  minutes_before_work: orNull(count('minutes with GPUs before the first work of each hour')),
  cold_starts: orNull(count('hours with warm-up minutes, or whose first work came ten minutes or more after the GPUs')),
  utilisation_ratio: reading('share of the measured GPU-hours that worked, 0 to 1'),
  cost_per_million_tokens: orNull(money('cost / (input + output tokens) × 10^6, cut off after 18 places')),
  full_use_cost_per_million_tokens: orNull(money('busy_cost likewise: what they would cost if the GPUs had worked all the time')),
  compared_cost_per_million_tokens: orNull(money('compared_cost likewise')),
}

const useMeasures = Type.Object({ ...ownMeasures, ...ofEveryone })

/** GET /v1/pool-use: what GPU pools cost, how much of it was used, and what a token came to. */
export const poolUseReport: Report = {
  path: '/v1/pool-use',
  summary: 'Cost, use and unit cost of GPU pools',
  description:
    'Of hours that begin in the range. A tenant sees its own part of the cost and of the GPU-hours; the other figures are null, ' +
    'because they are of everyone.',
  rows: withRatios(readQuery(import.meta.url, 'pool-use')),
  rowsOfTenants: readQuery(import.meta.url, 'pool-use-of-tenants'),
  dimensions: ['pool'],
  fixedKeys: ['currency'],
  conditions: columnConditions('pool'),
  measures: useMeasures,
  toMeasures: (row, seesVolumes) => (seesVolumes ? pick(row, useMeasures) : hidden(pick(row, useMeasures), Object.keys(ofEveryone))),
}

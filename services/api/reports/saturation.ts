import Type from 'typebox'
import { columnConditions } from './conditions.ts'
import type { Report } from './report.ts'
import { readQuery } from './report-sql.ts'
import { count, hidden, orNull, pick, reading } from './row-schemas.ts'

// Load in absolute figures less a tenant's own is the other tenants' load; what remains for a tenant says how full and how slow a pool is.
const volumes = {
  engines: orNull(count('most engines read in a minute')),
  samples: orNull(count('readings')),
  running: reading('requests being served, mean over the minutes, summed over engines'),
  waiting: reading('requests queued, likewise'),
  running_max: reading('largest running'),
  waiting_max: reading('largest waiting'),
  running_limit: reading('requests that the engines serve at once at most'),
  preemptions: reading('requests preempted'),
  input_tokens_per_s: reading('input tokens served per second'),
  output_tokens_per_s: reading('output tokens served per second'),
  arrival_tokens_per_s: reading('tokens of the attempts sent to the pool, per second'),
  requests_finished: reading('requests that the engines finished'),
  requests_failed: reading('of those, aborted or failed'),
  counter_resets: orNull(count('restarts seen in counters')),
  attempts: orNull(count('attempts sent to the pool')),
}

const measures = Type.Object({
  windows: count('minutes with readings; a minute without is a gap, not a zero'),
  ...volumes,
  kv_cache_use_ratio: reading('mean over engines and minutes, 0 to 1'),
  kv_cache_use_ratio_max: reading('largest of an engine'),
  queue_ms: reading('mean time that requests waited in the engine'),
  ttft_ms: reading('mean time to first token as the engine counts it'),
  prefix_cache_hit_ratio: reading('share of tokens found in the prefix cache'),
  saturation: reading('mean, 0 to 1; of several models the fullest'),
  saturation_max: reading('largest of a minute'),
  minutes_to_saturation: reading('forecast of the last minute with readings; 0: saturated, null: not rising'),
  tenants: Type.Array(Type.Object({ tenant_id: Type.String(), attempts: Type.Integer(), tokens: Type.Integer() }), {
    description:
      'who is behind it, most tokens first, at most 10; a minute lists its largest 10, so sums of small tenants are lower bounds',
  }),
})

/** GET /v1/saturation: how full the pools are, when they will be, and who fills them. */
export const saturationReport: Report = {
  path: '/v1/saturation',
  summary: 'State and forecast of pools',
  description:
    'Means and maxima over the minutes that have readings. A tenant sees the pools that served it in the range, itself among the tenants, and ratios, times and the forecast; absolute figures are null, because less its own they would tell the load of others.',
  rows: readQuery('saturation'),
  dimensions: ['pool', 'model'],
  fixedKeys: [],
  conditions: columnConditions('pool', 'model'),
  measures,
  toMeasures: (row, seesVolumes) => (seesVolumes ? pick(row, measures) : hidden(pick(row, measures), Object.keys(volumes))),
}

import Type from 'typebox'
import { CAUSES } from '../../answers/saturation/cause.ts'
import { FirstFindingSchema, STATES } from '../../answers/saturation/first-finding.ts'
import { BOUNDS } from '../../answers/saturation/minute-index.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { columnConditions } from './conditions.ts'
import type { Report } from './report.ts'
import { count, hidden, orNull, pick, reading } from './row-schemas.ts'
import { withForecast } from './saturation-forecast.ts'

// What engines count is of all tenants: a tenant's own load taken off leaves the others', and times and ratios move with them. A tenant
// is told how full the pool was in three bands, which is what it needs to know to send less, or elsewhere.
const ofEveryone = {
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
  kv_cache_use_ratio: reading('mean over engines and minutes, 0 to 1'),
  kv_cache_use_ratio_max: reading('largest of an engine'),
  queue_ms: reading('mean time that requests waited in the engine'),
  ttft_ms: reading('mean time to first token as the engine counts it'),
  prefix_cache_hit_ratio: reading('share of tokens found in the prefix cache'),
  saturation: reading('mean, 0 to 1; of several models the fullest'),
  saturation_max: reading('largest of a minute'),
  minutes_to_saturation: reading(
    'until the index crosses 1, as of the end; 0: it has, null: not within an hour. By step: of its last minute',
  ),
  minutes_earliest: reading('its earliest, of an 80 % interval'),
  minutes_latest: reading('its latest; null: perhaps never'),
  probability: reading('that the index is 1 or more within 15 minutes'),
  index: reading('work arriving over work that can be done, as of the end; 1: waiting grows without end'),
  state: oneOf(STATES, 'saturated: its queue grows; soon: will within 15 minutes; in sight: within the hour'),
  bound: oneOf(BOUNDS, 'what binds: KV cache, prefill, places to run, or a queue that grows for another reason'),
  cause: oneOf(CAUSES, 'what changed against ten minutes before: new engines are cold starts, not load'),
  growers: orNull(FirstFindingSchema.properties.growers),
}

const bands = ['low', 'medium', 'high'] as const
// From half on, a pool has no room for twice its load; from eight tenths on, a burst fills it.
const BAND_FROM = { medium: 0.5, high: 0.8 } as const

/** A word of a list; null: a row of a step, or one of a reader who sees its own alone. */
function oneOf(words: readonly string[], description: string) {
  return orNull(
    Type.Union(
      words.map(word => Type.Literal(word)),
      { description },
    ),
  )
}

const measures = Type.Object({
  windows: count('minutes with readings; a minute without is a gap, not a zero'),
  ...ofEveryone,
  saturation_band: orNull(
    Type.Union(
      bands.map(band => Type.Literal(band)),
      {
        description: `of saturation: medium from ${BAND_FROM.medium}, high from ${BAND_FROM.high}; null: not known`,
      },
    ),
  ),
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
    'Means and maxima over the minutes that have readings, and the forecast of /v1/answers/first as of the end of the period; ' +
    'what saturates first comes first, where all rows fit on one page. With step there is no forecast but that of each minute. A tenant ' +
    'sees, of the minutes in which a pool served it and of the models ' +
    'that it used there, saturation_band and itself among the tenants; the other figures are null, because they are of everyone.',
  level: 'pool',
  rows: readQuery(import.meta.url, 'saturation'),
  rowsOfTenants: readQuery(import.meta.url, 'saturation-of-tenants'),
  dimensions: ['pool', 'model'],
  fixedKeys: [],
  conditions: columnConditions('pool', 'model'),
  measures,
  withMore: withForecast,
  toMeasures(row, seesVolumes) {
    const shown = { ...pick(row, measures), saturation_band: bandOf(row['saturation']) }
    return seesVolumes ? shown : hidden(shown, Object.keys(ofEveryone))
  },
}

function bandOf(saturation: unknown): (typeof bands)[number] | null {
  if (typeof saturation !== 'number') return null
  if (saturation >= BAND_FROM.high) return 'high'
  return saturation >= BAND_FROM.medium ? 'medium' : 'low'
}

import Type, { type Static } from 'typebox'
import { inFinalOrder, joiningSteps } from '../../../schemas/joining/joining.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, MINUTE } from '../../platform/clock.ts'
import { findingHead, intervalOf } from '../answer.ts'
import { type AnswerDeps, type Asked, question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { explainWhy, type WhyInputs } from './explain-why.ts'
import type { LoadRow } from './neighbours.ts'
import { type Sampled, type SampledRow, split } from './parts.ts'
import { FACTORS, WORDS } from './split-change.ts'
import { whyMethod } from './why-method.ts'

/** Requests of a period that are looked at: more moves no 95th percentile and takes longer. */
const SAMPLE = 2_000
/** What was before is looked at for so many times the period. */
const TIMES_BEFORE = 3
/**
 * Around a period rows are read that may belong to its requests. Attempts are joined over 15 minutes (schemas/joining); of a sample the
 * nearest five do: whose attempts lie further apart across the edge of a period counts as two.
 */
const AROUND_MS = 5 * MINUTE

const columns = [
  ...['tenant_id', 'route', 'priority', 'request_model', 'response_model', 'upstream_kind', 'provider', 'pool', 'outcome', 'started_at'],
  ...['ended_at', 'attempt_no', 'duration_ms', 'ttft_ms', 'queue_ms', 'input_tokens', 'cached_input_tokens', 'output_tokens'],
  'response_cache',
]
const sampleSql = inFinalOrder(readQuery(import.meta.url, 'sample')).replace(
  '{joining}',
  joiningSteps({
    rows:
      "window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')} AND request_hash % {modulus:UInt64} = 0 " +
      'AND ({is_all:Bool} OR tenant_id IN {tenants:Array(String)})',
    columns: columns.join(', '),
  }),
)
const countsSql = readQuery(import.meta.url, 'counts')
const poolQueuesSql = readQuery(import.meta.url, 'pool-queues')
const loadsSql = readQuery(import.meta.url, 'loads')

const text = (description: string) => Type.Optional(Type.String({ description }))
const parameters = Type.Object({
  at: text('a moment, ISO 8601: the five minutes before and after it are looked at, instead of from and to'),
  against: Type.Optional(
    Type.Union([Type.Literal('before'), Type.Literal('week')], {
      description: 'held against the time just before (three times as long; the default), or against the same time a week ago',
    }),
  ),
  route: text('only requests of this route'),
  priority: text('only of this priority class'),
  model: text('only of this model, as it answered'),
  upstream: text('only of this pool or provider'),
})
type Parameters = Static<typeof parameters>

/** Conditions on the sampled requests, by parameter. */
const conditions = {
  route: 'r.route = {route:String}',
  priority: 'r.priority = {priority:String}',
  model: 'model = {model:String}',
  upstream: 'upstream = {upstream:String}',
} as const

const parts = Object.fromEntries([...FACTORS, 'together' as const].map(name => [name, Type.Number({ description: `${WORDS[name]}, ms` })]))

/** Why did latency move? */
export const whyQuestion = question({
  name: 'why',
  summary: 'Why did latency change?',
  description:
    'The change of the 50th, 95th and 99th percentile of how long answered requests took, split into earlier attempts, queue, prefill, ' +
    'decode, and the mix of models, upstreams, priorities and sizes; the parts add up to the change. Priority classes are told ' +
    'apart, and where the queue grew, the tenants whose load filled the pool.',
  method: whyMethod,
  defaultPeriodMs: 10 * MINUTE,
  parameters,
  finding: Type.Object({
    ...findingHead,
    priority: Type.String({ description: 'priority class; all: every one' }),
    quantile: Type.Number({ description: '0.5, 0.95 or 0.99' }),
    before_ms: Type.Number({ description: 'before, ms' }),
    after_ms: Type.Number({ description: 'in the period, ms' }),
    change_ms: Type.Number({ description: 'their difference' }),
    parts: Type.Object(parts, { description: 'what it is made of, ms: adds up to change_ms' }),
    intervals: Type.Object(Object.fromEntries(FACTORS.map(name => [name, intervalOf(`interval of ${name}`)])), {
      description: 'how far each part is left to chance',
    }),
    cause: Type.Union([...FACTORS.map(name => Type.Literal(name)), Type.Null()], {
      description: 'the part that explains most of the change; null: none stands out',
    }),
    neighbours: Type.Array(
      Type.Object({
        pool: Type.String({ description: 'pool that filled' }),
        tenant_id: Type.String({ description: 'tenant whose load grew there' }),
        growth_share: Type.Number({ description: 'its part of the growth, 0 to 1' }),
        times: Type.Number({ description: 'its load as a multiple of what it was; 0: it had none' }),
      }),
      { description: 'who filled the pools, where the queue is the cause; operators only' },
    ),
  }),
  async ask(asked, deps) {
    return explainWhy(await readWhyInputs(asked, deps))
  },
})

/** The periods that are compared, ms. */
function periodsOf({ fromMs, toMs, parameters: { at, against = 'before' } }: Asked<Parameters>) {
  const atMs = at === undefined ? Number.NaN : Date.parse(at)
  const period = Number.isNaN(atMs) ? { fromMs, toMs } : { fromMs: atMs - 5 * MINUTE, toMs: atMs + 5 * MINUTE }
  const before =
    against === 'week'
      ? { fromMs: period.fromMs - 7 * DAY, toMs: period.toMs - 7 * DAY }
      : { fromMs: period.fromMs - TIMES_BEFORE * (period.toMs - period.fromMs), toMs: period.fromMs }
  return { period, before }
}

/** Reads what is explained. Rejects with the codes of the client. */
export async function readWhyInputs(asked: Asked<Parameters>, deps: AnswerDeps): Promise<WhyInputs> {
  const { period, before } = periodsOf(asked)
  const { clickhouse } = deps
  const seconds = (ms: number) => Math.ceil(ms / 1000)
  const [first, second, settled, loads] = await Promise.all([
    readSample(before, asked, deps),
    readSample(period, asked, deps),
    readSettledUntil({ ...period, scope: asked.scope }, deps),
    clickhouse.query<LoadRow>(loadsSql, { from: seconds(before.fromMs), middle: seconds(period.fromMs), to: seconds(period.toMs) }),
  ])
  return {
    before: first.sample,
    after: second.sample,
    beforePeriod: before,
    period,
    untilMs: settled.untilMs,
    loads,
    tenants: asked.scope.isAll ? [] : asked.scope.tenants,
    seesVolumes: asked.scope.seesVolumes,
    isQueueEstimated: first.isQueueEstimated || second.isQueueEstimated,
    isQueueUnknown: asked.scope.seesVolumes && (first.isQueueUnknown || second.isQueueUnknown),
  }
}

async function readSample(period: { fromMs: number; toMs: number }, asked: Asked<Parameters>, { clickhouse }: AnswerDeps) {
  const own = askedParameters({ ...period, scope: asked.scope })
  const [[counted], queues] = await Promise.all([
    clickhouse.query<{ requests: number }>(countsSql, own),
    // What engines count is of everyone who uses them.
    asked.scope.seesVolumes ? clickhouse.query<{ window_s: number; pool: string; queue_ms: number }>(poolQueuesSql, own) : [],
  ])
  const given = Object.entries(conditions).filter(([name]) => asked.parameters[name as keyof typeof conditions] !== undefined)
  const rows = await clickhouse.query<SampledRow>(sampleSql.replace('{filters}', given.map(([, sql]) => `AND ${sql}`).join(' ')), {
    ...own,
    ...Object.fromEntries(given.map(([name]) => [name, asked.parameters[name as keyof typeof conditions]])),
    from: Math.floor((period.fromMs - AROUND_MS) / 1000),
    to: Math.ceil((period.toMs + AROUND_MS) / 1000),
    period_from: own['from'],
    period_to: own['to'],
    // A filter keeps fewer: then all are read.
    modulus: given.length > 0 ? 1 : Math.max(1, Math.floor((counted?.requests ?? 0) / (1.2 * SAMPLE))),
  })
  const queueOf = new Map(queues.map(one => [`${one.window_s} ${one.pool}`, one.queue_ms]))
  const sample: Sampled[] = []
  let [isQueueEstimated, isQueueUnknown] = [false, false]
  for (const row of rows) {
    const pooled = row.upstream_kind === 'pool' ? queueOf.get(`${row.window_s} ${row.upstream}`) : undefined
    isQueueEstimated ||= row.queue_ms === null && pooled !== undefined
    isQueueUnknown ||= row.queue_ms === null && row.upstream_kind === 'pool' && pooled === undefined
    sample.push(split(row, pooled))
  }
  return { sample, isQueueEstimated, isQueueUnknown }
}

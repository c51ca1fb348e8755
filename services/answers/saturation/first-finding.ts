import Type from 'typebox'
import { type Finding, findingHead, type Interval, intervalOf } from '../answer.ts'
import { CAUSES, type Cause } from './cause.ts'
import type { Grower } from './growth.ts'
import { BOUNDS, type Bound } from './minute-index.ts'

/** Where a pool stands: its queue grows; it will within 15 minutes; within the hour; it will not; its readings do not tell. */
export const STATES = ['saturated', 'soon', 'in sight', 'not in sight', 'cannot tell'] as const
export type State = (typeof STATES)[number]

/** A pool and model with its forecast. What is of everyone is null for readers who see their own alone. */
export interface FirstFinding extends Finding {
  readonly pool: string
  readonly model: string
  readonly state: State
  readonly index: number | null
  readonly index_interval: Interval | null
  readonly bound: Bound | null
  readonly parts: Readonly<Record<Bound, number | null>> | null
  readonly minutes_to_saturation: number | null
  readonly minutes_earliest: number | null
  readonly minutes_latest: number | null
  readonly probability: number | null
  readonly engines: number | null
  readonly cause: Cause | null
  readonly growers: readonly Grower[]
}

const ratio = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })
const text = (description: string) => Type.String({ description })
const oneOf = (words: readonly string[], description: string) =>
  Type.Union(
    words.map(word => Type.Literal(word)),
    { description },
  )

/** Its schema. */
export const FirstFindingSchema = Type.Object({
  ...findingHead,
  pool: text('pool'),
  model: text('model'),
  state: oneOf(STATES, 'saturated: its queue grows; soon: will within 15 minutes; in sight: within the hour'),
  index: ratio('work arriving over work that can be done; 1: waiting grows without end'),
  index_interval: Type.Union([intervalOf('of the index'), Type.Null()], { description: 'interval of the index' }),
  bound: Type.Union([oneOf(BOUNDS, 'name of the bound'), Type.Null()], {
    description: 'what binds: KV cache, prefill, places to run, or a queue that grows for another reason',
  }),
  parts: Type.Union([Type.Object(Object.fromEntries(BOUNDS.map(name => [name, ratio('index by this bound')]))), Type.Null()], {
    description: 'the index by each bound; null: its signals are missing',
  }),
  minutes_to_saturation: ratio('until the index crosses 1; 0: it has; null: not within an hour'),
  minutes_earliest: ratio('earliest, of an 80 % interval'),
  minutes_latest: ratio('latest; null: perhaps never'),
  probability: ratio('that the index is 1 or more within 15 minutes'),
  engines: ratio('model servers that were read in the last minute'),
  cause: Type.Union([oneOf(CAUSES, 'name'), Type.Null()], { description: 'what changed against ten minutes before' }),
  growers: Type.Array(
    Type.Object({
      tenant_id: text('whose load grew'),
      route: text('on which route'),
      tokens_per_s_before: Type.Number({ description: 'uncached input and output a second, ten to twenty minutes before' }),
      tokens_per_s: Type.Number({ description: 'in the last ten minutes' }),
      share: Type.Number({ description: 'of all growth, 0 to 1' }),
    }),
    { description: 'whose load grew, the most first, at most 5; of a tenant: none' },
  ),
})

import Type from 'typebox'
import { type Finding, findingHead } from '../answer.ts'
import { PARTS, type Part } from './cost-parts.ts'
import { POOL_PARTS, type PoolPart } from './pool-moves.ts'

/**
 * Where costs moved, by how much, and why. Amounts are exact decimal texts in `currency`; null: of all of them, or nothing to divide by.
 */
export interface MoverFinding extends Finding {
  readonly route: string | null
  readonly tenant_id: string | null
  readonly model: string | null
  readonly token_kind: string | null
  /** Own pool whose cost moved: by the hour, beside what is charged by the request; null: not one. */
  readonly pool: string | null
  readonly currency: string
  readonly cost_before: string
  readonly cost_after: string
  readonly change: string
  readonly parts: readonly { readonly part: Part | PoolPart; readonly amount: string }[]
  readonly requests_before: number
  readonly requests_after: number
  readonly cost_per_successful_request_before: string | null
  readonly cost_per_successful_request_after: string | null
}

const orAll = (description: string) => Type.Union([Type.String(), Type.Null()], { description })
const money = (description: string) => Type.String({ description: `${description}; exact decimal text in currency` })

/** A change of cost and its parts, as findings of several questions tell it. */
export const moverFinding = Type.Object({
  ...findingHead,
  route: orAll('route; null: all'),
  tenant_id: orAll('tenant; null: all'),
  model: orAll('model that answered, else the one asked for; null: all'),
  token_kind: orAll('kind of token or billed unit; null: all'),
  pool: Type.Union([Type.String(), Type.Null()], { description: 'own pool, told by whole hours beside the rest; null: not one' }),
  currency: Type.String({ description: 'of the bills' }),
  cost_before: money('effective cost in the period compared with'),
  cost_after: money('effective cost in the period'),
  change: money('cost_after − cost_before'),
  parts: Type.Array(
    Type.Object({
      part: Type.Union([...PARTS, ...POOL_PARTS].map(part => Type.Literal(part))),
      amount: money('what this part added'),
    }),
    { description: 'what made the change, the largest first; they sum to it exactly' },
  ),
  requests_before: Type.Integer({ description: 'requests in the period compared with' }),
  requests_after: Type.Integer({ description: 'requests in the period' }),
  cost_per_successful_request_before: orAll('effective cost, waste included, over successful requests; null: none succeeded'),
  cost_per_successful_request_after: orAll('the same in the period'),
})

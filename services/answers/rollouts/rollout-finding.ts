import type { Finding } from '../answer.ts'
import type { Compared } from './compare-arms.ts'
import type { Split } from './find-splits.ts'

/** How an arm does beside the stable one, what wants a look first. */
export const ROLLOUT_STATES = ['worse', 'mixed', 'better', 'no difference yet', 'no difference', 'too little'] as const
export type RolloutState = (typeof ROLLOUT_STATES)[number]

/** An arm of a split beside the stable one. */
export interface RolloutFinding extends Finding {
  readonly by: Split['by']
  readonly route: string
  readonly request_model: string
  readonly upstream: string
  readonly stable: string
  readonly canary: string
  readonly state: RolloutState
  /** Part of the split's requests that begin at this arm, 0 to 1. */
  readonly share: number
  readonly stable_requests: number
  readonly canary_requests: number
  readonly minutes: number
  readonly more_requests: number | null
  readonly more_minutes: number | null
  readonly measures: readonly Compared[]
}

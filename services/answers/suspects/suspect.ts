/** What suspects are judged by, and what is found. */
import type { Finding } from '../answer.ts'

/** Ten minutes of a network of clients in which callers were refused. */
export interface PlaceSlot {
  readonly at_ms: number
  readonly client_ip_prefix: string
  readonly tenants: readonly string[]
  readonly attempts: number
  readonly answered: number
  readonly failures: number
  /** Different keys that were refused, as far as the gateway tells keys. */
  readonly bad_keys: number
  /** Failures of which no key is told. */
  readonly nameless_failures: number
}

/** Failures of a network in the seven days before, by hour: those hours with any. */
export interface PlacePast {
  readonly client_ip_prefix: string
  readonly failures: number
  readonly squares: number
  readonly hours: number
}

/** A day's networks from which callers were refused once or twice. */
export interface ThinDay {
  readonly day_s: number
  readonly places: number
  readonly failures: number
}

/** Ten minutes of a key in which it was refused or a guardrail intervened. */
export interface CallerSlot {
  readonly at_ms: number
  readonly tenant_id: string
  readonly api_key_id: string
  readonly attempts: number
  readonly answered: number
  readonly revoked: number
  readonly expired: number
  readonly prefixes: number
  readonly models: number
  readonly refused_models: number
  readonly refused_model_attempts: number
  readonly guardrail_hits: number
}

/** An hour of a key. Means of logarithms are of `sized` requests and `ratios` answers. */
export interface CallerHour {
  readonly startMs: number
  /** Tokens that no cache gave. */
  readonly tokens: number
  readonly attempts: number
  readonly prefixes: number
  readonly guardrail_hits: number
  readonly sized: number
  readonly ln_bytes: number
  readonly ratios: number
  readonly ln_ratio: number
  readonly prompted: number
  readonly prompts: number
}

/** A key with its hours, ascending; hours without traffic are in none. */
export interface Caller {
  readonly tenant_id: string
  readonly api_key_id: string
  /** What a token costs its tenant in the mean; null: nothing was priced. */
  readonly unitCost: number | null
  readonly currency: string
  readonly hours: readonly CallerHour[]
}

/** Kinds of findings. Facts are rules; the others are held against the key's own past. */
export const FACTS = ['barred key', 'guessing', 'low and slow', 'enumeration', 'wrong key'] as const
export const ODDITIES = ['appetite', 'many places', 'guardrail', 'larger requests', 'longer answers', 'repeats'] as const
export const SUSPECT_KINDS = [...FACTS, ...ODDITIES] as const
export type SuspectKind = (typeof SUSPECT_KINDS)[number]

/** Something suspicious. What is not told is '' or null. */
export interface SuspectFinding extends Finding {
  readonly kind: SuspectKind
  readonly tenant_id: string
  readonly api_key_id: string
  readonly client_ip_prefix: string
  readonly from: string
  readonly to: string
  readonly attempts: number
  /** What was counted or measured, what is usual and the standard deviations between; null: a rule needs none. */
  readonly value: number
  readonly usual: number | null
  readonly surprise: number | null
  /** Money beyond what is usual, in `currency`; null: nothing was priced. */
  readonly at_stake: number | null
  readonly currency: string
  /** What the API lists for it. */
  readonly requests: string
}

/** A finding before it is put into words. */
export type Suspicion = Omit<SuspectFinding, 'sentence' | 'confidence' | 'from' | 'to' | 'requests'> & {
  readonly fromMs: number
  readonly toMs: number
  /** Its evidence, in words. */
  readonly evidence: string
  readonly confidence: SuspectFinding['confidence']
}

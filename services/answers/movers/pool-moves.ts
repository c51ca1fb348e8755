/** What own pools cost in two periods: by the hour, and split into work, idle time and what is nobody's. Pure but for the reading. */
import { type Decimal, parseDecimal } from '../../money/decimal.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR } from '../../platform/clock.ts'
import type { AnswerDeps } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import type { CostsAsked } from './read-costs.ts'
import { magnitude } from './walk-movers.ts'

const poolHoursSql = readQuery(import.meta.url, 'pool-hours')

/** The parts that a pool's change is split into. */
export const POOL_COST_PARTS = {
  pool_busy: 'GPU time that work took, at its cost',
  pool_idle: 'GPU time that nobody used',
  pool_unattributed: 'GPU time that is nobody’s: not measured, or no work told',
} as const
export type PoolPart = keyof typeof POOL_COST_PARTS
export const POOL_PARTS = Object.keys(POOL_COST_PARTS) as readonly PoolPart[]

/** What a pool cost in an hour, of one kind. */
export interface PoolHour {
  readonly hour_ms: number
  readonly pool: string
  readonly kind: string
  readonly currency: string
  /** Exact decimal text. */
  readonly cost: string
}

/** The change of one pool's cost. */
export interface PoolMove {
  readonly pool: string
  readonly currency: string
  /** Hours of each side that are compared. */
  readonly hours: number
  readonly before: Decimal
  readonly after: Decimal
  readonly parts: readonly { readonly part: PoolPart; readonly change: Decimal }[]
}

/** Reads the whole hours of a period. Rejects with the codes of the client. */
export async function readPoolHours({ fromMs, toMs, scope }: CostsAsked, { clickhouse }: AnswerDeps): Promise<readonly PoolHour[]> {
  const whole = { fromMs: Math.ceil(fromMs / HOUR) * HOUR, toMs: Math.floor(toMs / HOUR) * HOUR, scope }
  return whole.fromMs >= whole.toMs ? [] : await clickhouse.query<PoolHour>(poolHoursSql, askedParameters(whole))
}

/**
 * The changes, the largest first. As many hours of each side as both have, the last ones: hours are published after they end, and like is
 * held against like.
 */
export function poolMoves(before: readonly PoolHour[], after: readonly PoolHour[]): PoolMove[] {
  const hoursOf = (rows: readonly PoolHour[]) => [...new Set(rows.map(row => row.hour_ms))].sort((a, b) => b - a)
  const [was, is] = [hoursOf(before), hoursOf(after)]
  const hours = Math.min(was.length, is.length)
  if (hours === 0) return []
  const nameOf = ({ pool, currency }: PoolHour) => JSON.stringify([pool, currency])
  const within = (rows: readonly PoolHour[], known: readonly number[]) => rows.filter(row => row.hour_ms >= (known[hours - 1] ?? 0))
  const sides = { before: Map.groupBy(within(before, was), nameOf), after: Map.groupBy(within(after, is), nameOf) }
  const names = new Set([...sides.before.keys(), ...sides.after.keys()])
  return [...names]
    .map(name => moveOf(sides.before.get(name) ?? [], sides.after.get(name) ?? [], hours))
    .filter(move => move.parts.length > 0)
    .sort((a, b) => compare(size(b), size(a)) || (a.pool < b.pool ? -1 : 1))
}

function moveOf(before: readonly PoolHour[], after: readonly PoolHour[], hours: number): PoolMove {
  const [{ pool, currency }] = [...before, ...after] as [PoolHour]
  const cost = (rows: readonly PoolHour[], kind?: string) =>
    rows.filter(row => kind === undefined || row.kind === kind).reduce((sum, row) => sum + parseDecimal(row.cost), 0n)
  const parts = POOL_PARTS.map(part => {
    const kind = part.slice('pool_'.length)
    return { part, change: cost(after, kind) - cost(before, kind) }
  })
  parts.sort((a, b) => compare(magnitude(b.change), magnitude(a.change)))
  return { pool, currency, hours, before: cost(before), after: cost(after), parts: parts.filter(({ change }) => change !== 0n) }
}

const size = ({ before, after }: PoolMove) => magnitude(after - before)
const compare = (a: Decimal, b: Decimal) => (a > b ? 1 : a < b ? -1 : 0)

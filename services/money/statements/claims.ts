/** Who may close a statement: one closer at a time, and a crashed one's place can be taken. */
import { randomInt } from 'node:crypto'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import type { Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'

/** A claim that is held. `version` is what its lines are written under. */
export interface Claim {
  statement_id: string
  version: number
}

interface ClaimRow {
  version: string
  claimed_by: string
  claimed_at_ms: number
  expires_at_ms: number
}

/** A claim whose closer has died stops others for so long. */
export const CLAIM_MS = 15 * 60_000

const columns = ['statement_id', 'version', 'claimed_by', 'claimed_at_ms', 'expires_at_ms', 'is_released'] as const

/**
 * Claims a statement: adds a row, reads again, and yields to any other claim that is neither released nor expired. Two that claim at once
 * may both yield, never both go on. With `takeOver` the others count for nothing. STATEMENT_CLAIMED says who closes it and what to do.
 */
export async function claimStatement(
  statementId: string,
  config: { claimedBy: string; takeOver: boolean },
  deps: { clickhouse: ClickHouse; now: Now },
): Promise<Claim> {
  const { clickhouse, now } = deps
  const nowMs = now()
  // Grows with the clock: the guard of the last insert lets only the newest claim close.
  const [highest] = await clickhouse.query<{ version: number }>(
    'SELECT max(version) AS version FROM {database}.statement_claims WHERE statement_id = {statement_id:String}',
    { statement_id: statementId },
  )
  const claim: Claim = { statement_id: statementId, version: Math.max(nowMs * 1000, (highest?.version ?? 0) + 1) + randomInt(1000) }
  await clickhouse.insert('statement_claims', columns, [[statementId, claim.version, config.claimedBy, nowMs, nowMs + CLAIM_MS, false]])
  const others = config.takeOver ? [] : await otherClaims(claim, nowMs, clickhouse)
  const [other] = others
  if (other === undefined) return claim
  await releaseClaim(claim, deps)
  throw new AppError(
    'STATEMENT_CLAIMED',
    `statement ${statementId} is being closed by ${other.claimed_by} since ${new Date(other.claimed_at_ms).toISOString()}: wait for ` +
      `it, or, if that process has died, use --take-over (its claim ends by itself at ${new Date(other.expires_at_ms).toISOString()})`,
  )
}

/** Gives the claim back. */
export async function releaseClaim(claim: Claim, deps: { clickhouse: ClickHouse; now: Now }): Promise<void> {
  const nowMs = deps.now()
  await deps.clickhouse.insert('statement_claims', columns, [[claim.statement_id, claim.version, '', nowMs, nowMs, true]])
}

async function otherClaims(claim: Claim, nowMs: number, clickhouse: ClickHouse): Promise<ClaimRow[]> {
  return await clickhouse.query<ClaimRow>(readQuery(import.meta.url, 'other-claims'), {
    statement_id: claim.statement_id,
    version: claim.version,
    now_ms: nowMs,
  })
}

/** Closing: a tenant's month becomes a statement that never changes. */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import type { Terms } from '../terms/terms.ts'
import { type AsOfDatabase, freezeMinutes, settleSuperseded } from './as-of.ts'
import { buildCalendar, shiftMonth } from './billing-month.ts'
import { buildDrafts, checkContinues } from './build-drafts.ts'
import { statementId } from './build-statement.ts'
import { type Claim, claimStatement, releaseClaim } from './claims.ts'
import { checkCompleteness, checkEarlierClosed, checkOver, completenessOf } from './closing-checks.ts'
import { changedStatements } from './corrected-months.ts'
import type { ReadFacts } from './draft-source.ts'
import { fingerprintOf } from './fingerprint.ts'
import { tenantTerms } from './month-details.ts'
import { disjoint, spanOf } from './spans.ts'
import type { Statement } from './statement.ts'
import { asIssued, closeStored, readHeads, readStatements, writeRows } from './store.ts'

/** What a person decides when closing. */
export interface CloseConfig {
  /** YYYY-MM. */
  month: string
  /** Who is to be closed; checked to exist by the caller. */
  tenants: readonly string[]
  closedBy: string
  /** Least share of received lines that must be accounted for. */
  minCompleteness: number
  /** Why it is closed all the same; undefined: it is refused below. */
  forcedReason?: string | undefined
  /** Go on although an earlier month with charges is open. */
  allowEarlierOpen: boolean
  /** Go on although another process holds the claim. */
  takeOver: boolean
  /** How long to wait for minutes that are being settled. */
  waitMs: number
}

/** What closing needs. `openAsOf` is given the price version to cut at. */
export interface CloseDeps {
  clickhouse: ClickHouse
  terms: Terms
  price_version: number
  readFacts: ReadFacts
  openAsOf: (priceVersion: number) => Promise<AsOfDatabase>
  now: Now
  note: (text: string) => void
}

/** One tenant's outcome: the closed statement, or why it was not closed. `isNew`: it was closed just now. */
export type CloseOutcome =
  | { tenant_id: string; statement: Statement; isNew: boolean; error?: undefined }
  | { tenant_id: string; error: AppError; statement?: undefined; isNew?: undefined }

/** Reading starts anew so often when minutes change under it; what changed is settled beside each time, so one more round finds less. */
const MAX_ROUNDS = 10

/**
 * Closes the month of each tenant. A statement that is closed already is given back as it is. The order of work is what makes a crash
 * harmless: claim; freeze the minutes; build; write lines and details under the claim's version, which nobody reads; then one insert into
 * `statements` closes it. What cannot be closed is an outcome with its error; the others are closed all the same.
 */
export async function closeStatements(config: CloseConfig, deps: CloseDeps): Promise<CloseOutcome[]> {
  const { clickhouse } = deps
  const closed = new Map(
    (await readStatements({ tenants: config.tenants, month: config.month }, clickhouse)).map(one => [one.tenant_id, one]),
  )
  const outcomes = new Map<string, CloseOutcome>()
  const claims = new Map<string, Claim>()
  for (const tenant_id of config.tenants) {
    const statement = closed.get(tenant_id)
    if (statement) {
      outcomes.set(tenant_id, { tenant_id, statement: asIssued(statement), isNew: false })
      continue
    }
    try {
      await checkMayClose(tenant_id, config, deps)
      claims.set(
        tenant_id,
        await claimStatement(statementId(tenant_id, config.month), { claimedBy: config.closedBy, takeOver: config.takeOver }, deps),
      )
    } catch (error) {
      outcomes.set(tenant_id, { tenant_id, error: asAppError(error) })
    }
  }
  try {
    for (const outcome of await closeClaimed(claims, config, deps)) outcomes.set(outcome.tenant_id, outcome)
  } finally {
    for (const claim of claims.values()) await releaseClaim(claim, deps)
  }
  return config.tenants.map(tenant => outcomes.get(tenant) as CloseOutcome)
}

async function checkMayClose(tenant: string, config: CloseConfig, { clickhouse, terms, now }: CloseDeps): Promise<void> {
  const monthOf = buildCalendar(config.month)
  const month = monthOf(tenantTerms(terms, tenant).time_zone)
  checkOver(month, { tenant, terms, monthOf }, now())
  const heads = await readHeads({ tenants: [tenant], before: config.month }, clickhouse)
  const before = heads.find(head => head.month === shiftMonth(config.month, -1))
  if (before) checkContinues(month, before)
  if (!config.allowEarlierOpen) await checkEarlierClosed(month, tenant, heads, clickhouse)
}

async function closeClaimed(claims: ReadonlyMap<string, Claim>, config: CloseConfig, deps: CloseDeps): Promise<CloseOutcome[]> {
  if (claims.size === 0) return []
  const tenants = [...claims.keys()]
  const { terms, price_version } = deps
  const changed = await changedStatements(config.month, terms, tenants, deps.clickhouse)
  const spans = disjoint([spanOf(config.month, terms), ...changed.map(head => spanOf(head.month, terms, [head.time_zone]))])
  await using asOf = await deps.openAsOf(price_version)
  const frozen = await freezeMinutes(spans, config, { ...deps, asOf })
  let { areLive } = frozen
  const refused = new Map<string, CloseOutcome>()
  const onRefused = (tenant_id: string, error: AppError) => refused.set(tenant_id, { tenant_id, error })
  const choice = { month: config.month, tenants, corrected: changed.map(head => head.statement_id), onRefused }
  const source = { clickhouse: asOf.clickhouse, terms, price_version, positions: frozen.positions, readFacts: deps.readFacts }
  for (let round = 1; ; round++) {
    refused.clear()
    const drafts = await buildDrafts(choice, source)
    const superseded = await settleSuperseded(spans, asOf)
    if (superseded === 0) {
      const fingerprint = areLive ? await fingerprintOf(spanOf(config.month, terms), asOf.clickhouse) : ''
      return [...refused.values(), ...(await storeDrafts(drafts, fingerprint, claims, config, deps))]
    }
    areLive = false
    if (round === MAX_ROUNDS)
      throw new AppError('STATEMENT_CLAIMED', `the minutes of ${config.month} are settled again and again: close it when they rest`)
  }
}

async function storeDrafts(
  drafts: readonly Statement[],
  fingerprint: string,
  claims: ReadonlyMap<string, Claim>,
  config: CloseConfig,
  deps: CloseDeps,
): Promise<CloseOutcome[]> {
  const outcomes: CloseOutcome[] = []
  for (const draft of drafts) {
    const { version } = claims.get(draft.tenant_id) as Claim
    const { tenant_id } = draft
    try {
      checkCompleteness(draft, config)
      const isForced = completenessOf(draft.basis) < config.minCompleteness
      const said = { closed_at_ms: deps.now(), closed_by: config.closedBy, forced_reason: isForced ? (config.forcedReason ?? '') : '' }
      const statement: Statement = { ...draft, status: 'closed', ...said }
      await writeRows(statement, version, deps.clickhouse)
      const stored = await closeStored(statement, { version, fingerprint }, deps.clickhouse)
      if (stored === undefined)
        throw new AppError('STATEMENT_CLAIMED', `statement ${draft.statement_id} was taken over by another process: see what it did`)
      outcomes.push({ tenant_id, statement: asIssued(stored), isNew: stored.closed_at_ms === statement.closed_at_ms })
    } catch (error) {
      outcomes.push({ tenant_id, error: asAppError(error) })
    }
  }
  return outcomes
}

/** Only what was said on purpose is an outcome; anything else ends the closing. */
function asAppError(error: unknown): AppError {
  if (error instanceof AppError && error.code.startsWith('STATEMENT_')) return error
  throw error instanceof Error ? error : new Error(messageOf(error))
}

/** Proof: a closed statement made again from raw rows, at the positions and versions that it froze. */
import { tablesOf } from '../../../schemas/tables.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { AppError } from '../../platform/errors.ts'
import type { Terms } from '../terms/terms.ts'
import { type AsOfDatabase, settleEverything } from './as-of.ts'
import { buildDrafts } from './build-drafts.ts'
import { contentHash, statementContent } from './canonical.ts'
import type { ReadFacts } from './draft-source.ts'
import { disjoint, type Span, spanOf } from './spans.ts'
import type { Statement } from './statement.ts'
import { asIssued, readHeads, readStatements } from './store.ts'

/** What a proof needs. `readTerms` gives the terms of a version, `openAsOf` a database cut at a price version. */
export interface VerifyDeps {
  clickhouse: ClickHouse
  readTerms: (version: number) => Promise<Terms>
  readFacts: ReadFacts
  openAsOf: (priceVersion: number) => Promise<AsOfDatabase>
}

/** The statement as it was closed and as it comes out now. `isSame`: the same bytes, and the hash that was issued with it. */
export interface Verification {
  statement: Statement
  rebuilt: Statement
  isSame: boolean
}

/**
 * Settles every minute of the statement's month, and of the earlier months that it corrected, from the raw rows up to its positions, in a
 * database beside that is dropped at the end, and makes the statement again. STATEMENT_UNKNOWN when there is none with this id,
 * STATEMENT_ROWS_DROPPED when raw rows of these months are not kept any more.
 */
export async function verifyStatement(statementId: string, deps: VerifyDeps): Promise<Verification> {
  const [stored] = await readStatements({ statement_id: statementId }, deps.clickhouse)
  if (stored === undefined) throw await unknownStatement(statementId, deps.clickhouse)
  const statement = asIssued(stored)
  const { basis, month, time_zone, tenant_id } = statement
  const terms = await deps.readTerms(basis.terms_version)
  const heads = (await readHeads({ tenants: [tenant_id] }, deps.clickhouse)).filter(head => basis.corrected.includes(head.statement_id))
  const spans = disjoint([spanOf(month, terms, [time_zone]), ...heads.map(head => spanOf(head.month, terms, [head.time_zone]))])
  await requireRows(statement, spans, deps.clickhouse)
  await using asOf = await deps.openAsOf(basis.price_version)
  await settleEverything(spans, basis.positions, asOf)
  const choice = {
    month,
    tenants: [tenant_id],
    corrected: basis.corrected,
    adjustments: statement.details.map(item => item.adjustment_id).filter(id => id !== ''),
    closedBeforeMs: statement.closed_at_ms ?? 0,
  }
  const source = {
    clickhouse: asOf.clickhouse,
    terms,
    price_version: basis.price_version,
    positions: basis.positions,
    readFacts: deps.readFacts,
  }
  const [rebuilt] = (await buildDrafts(choice, source)) as [Statement]
  const isSame = statementContent(rebuilt) === statementContent(statement) && contentHash(statement) === statement.content_sha256
  return { statement, rebuilt, isSame }
}

/** What is stored is checked against its hash even then: that nothing of it was changed can be said without the rows. */
async function requireRows(statement: Statement, spans: readonly Span[], clickhouse: ClickHouse): Promise<void> {
  const rows = await clickhouse.query<{ day: string }>(readQuery(import.meta.url, 'dropped-days'), {
    starts: spans.map(span => span.start_ms),
    ends: spans.map(span => span.end_ms),
    raw_tables: tablesOf('raw'),
  })
  if (rows.length === 0) return
  const isAsIssued = contentHash(statement) === statement.content_sha256
  const proof = isAsIssued ? 'is what was issued, by its hash' : 'is NOT what was issued: its hash differs'
  throw new AppError(
    'STATEMENT_ROWS_DROPPED',
    `${statement.statement_id} cannot be made again: raw rows of ${rows.length} of its days, the first ${rows[0]?.day}, were dropped ` +
      `because of their age (WEIR_RETENTION_RAW_DAYS). What is stored of it ${proof}`,
  )
}

/** The error for an id that no closed statement has, with ids that begin alike. */
export async function unknownStatement(statementId: string, clickhouse: ClickHouse): Promise<AppError> {
  const heads = await readHeads({}, clickhouse)
  const near = heads.map(head => head.statement_id).filter(id => id.startsWith(statementId.slice(0, 10)))
  const hint = near.length > 0 ? `did you mean ${near.slice(0, 5).join(', ')}?` : '"weir statements list" shows the closed ones'
  return new AppError('STATEMENT_UNKNOWN', `there is no closed statement ${JSON.stringify(statementId.slice(0, 100))}: ${hint}`)
}

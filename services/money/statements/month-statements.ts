import { buildDrafts } from './build-drafts.ts'
import { changedStatements } from './corrected-months.ts'
import type { DraftSource } from './draft-source.ts'
import type { Statement } from './statement.ts'
import { asIssued, readStatements } from './store.ts'

/**
 * The statements of a month, by tenant: closed ones as they were issued, and drafts as things stand now for tenants whose month is open.
 */
export async function readMonthStatements(
  choice: { month: string; tenants: readonly string[] },
  source: DraftSource,
): Promise<Statement[]> {
  const { month, tenants } = choice
  const closed = (await readStatements({ month, tenants }, source.clickhouse)).map(asIssued)
  const isClosed = new Set(closed.map(statement => statement.tenant_id))
  const open = tenants.filter(tenant => !isClosed.has(tenant))
  if (open.length === 0) return sorted(closed)
  const changed = await changedStatements(month, source.terms, open, source.clickhouse)
  const drafts = await buildDrafts({ month, tenants: open, corrected: changed.map(head => head.statement_id) }, source)
  return sorted([...closed, ...drafts.filter(draft => draft.lines.length > 0)])
}

function sorted(statements: Statement[]): Statement[] {
  return statements.sort((a, b) => (a.tenant_id < b.tenant_id ? -1 : 1))
}

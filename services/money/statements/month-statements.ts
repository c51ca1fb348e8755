import type { AppError } from '../../platform/errors.ts'
import { buildDrafts } from './build-drafts.ts'
import { changedStatements } from './corrected-months.ts'
import type { DraftSource } from './draft-source.ts'
import type { Statement } from './statement.ts'
import { asIssued, readHeads, readStatements } from './store.ts'

/**
 * The statements of a month, by tenant: closed ones as they were issued, read one at a time, and drafts as things stand now for tenants
 * whose month is open. A tenant whose draft cannot be made is told to `onRefused`; without it, it is an error of all.
 */
export async function* monthStatements(
  choice: { month: string; tenants: readonly string[]; onRefused?: (tenant_id: string, reason: AppError) => void },
  source: DraftSource,
): AsyncGenerator<Statement> {
  const { month, tenants, onRefused } = choice
  const closed = new Map((await readHeads({ month, tenants }, source.clickhouse)).map(head => [head.tenant_id, head.statement_id]))
  const open = tenants.filter(tenant => !closed.has(tenant))
  const drafts = new Map<string, Statement>()
  if (open.length > 0) {
    const changed = await changedStatements(month, source.terms, open, source.clickhouse)
    const corrected = changed.map(head => head.statement_id)
    for (const draft of await buildDrafts({ month, tenants: open, corrected, onRefused }, source)) drafts.set(draft.tenant_id, draft)
  }
  for (const tenant of tenants.toSorted()) {
    const statement_id = closed.get(tenant)
    const draft = drafts.get(tenant)
    // Each is let go of when it has been given.
    drafts.delete(tenant)
    if (draft !== undefined && draft.lines.length > 0) yield draft
    if (statement_id !== undefined) for (const one of await readStatements({ statement_id }, source.clickhouse)) yield asIssued(one)
  }
}

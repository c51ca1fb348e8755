/** What the sub-commands of `weir statements` share. */
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { buildBillingMonth } from '../../money/statements/billing-month.ts'
import { checkKnown, knownTenants } from '../../money/statements/known-tenants.ts'
import { renderStatements, type StatementFormat, statementFormats } from '../../money/statements/render-statements.ts'
import type { Statement } from '../../money/statements/statement.ts'
import type { Terms } from '../../money/terms/terms.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { ArgumentError, type CommandContext, choiceOf, type Given, type OptionSpec, textOf } from '../command.ts'

/** Whose statements, of which month. */
export const WHOSE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  tenant: { value: 'ID', multiple: true, does: 'tenant; may be given several times (__house__: what no tenant is charged for)' },
  all: { does: 'every tenant' },
  month: { value: 'YYYY-MM', does: 'billing month, in the time zone of each tenant' },
}

/** How statements are written, and where to. */
export const OUTPUT_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  format: { value: statementFormats.join('|'), does: 'how statements are written (default text)' },
  out: { value: 'FILE', does: 'write to this file instead of standard output' },
}

/** The month of --month. ArgumentError when it is absent or malformed. */
export function monthOption(given: Given): string {
  const month = textOf(given, 'month')
  if (month === undefined) throw new ArgumentError('--month YYYY-MM is missing, such as --month 2026-09')
  try {
    buildBillingMonth(month, 'UTC')
  } catch (error) {
    throw new ArgumentError(messageOf(error))
  }
  return month
}

/** The tenants of --tenant or --all. ArgumentError for neither or both, STATEMENT_TENANT_UNKNOWN for one that does not exist. */
export async function tenantsOption(given: Given, terms: Terms, clickhouse: ClickHouse): Promise<string[]> {
  const named = (given.values['tenant'] ?? []) as string[]
  if (named.length > 0 === (given.values['all'] === true)) throw new ArgumentError('say either --tenant ID (one or more) or --all')
  const known = await knownTenants(terms, clickhouse)
  for (const tenant of named) checkKnown(tenant, known)
  return named.length > 0 ? [...new Set(named)] : known
}

/** Writes statements as --format says, to --out or standard output. STATEMENT_INVALID when the file cannot be written. */
export async function writeStatements(
  statements: readonly Statement[],
  given: Given,
  context: Pick<CommandContext, 'print' | 'note'>,
): Promise<void> {
  const format: StatementFormat = choiceOf(given, 'format', statementFormats)
  const text = renderStatements(statements, format)
  const out = textOf(given, 'out')
  if (out === undefined) return context.print(text.replace(/\r?\n$/, ''))
  try {
    await writeFile(out, text)
  } catch (error) {
    throw new AppError('STATEMENT_INVALID', `--out ${out} cannot be written: ${messageOf(error)}`, { cause: error })
  }
  context.note(`${statements.length} statement(s) written to ${out}`)
}

/** Who runs the command: --by, else the user of the machine. */
export function byOption(given: Given): string {
  return textOf(given, 'by') ?? userInfo().username
}

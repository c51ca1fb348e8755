import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type FocusRow, type FocusShape, focusVersions } from '../../money/focus/columns.ts'
import { focusCsv } from '../../money/focus/csv.ts'
import { focusParquet } from '../../money/focus/parquet.ts'
import { focusRows } from '../../money/focus/rows.ts'
import { checkKnown, knownTenants } from '../../money/statements/known-tenants.ts'
import { liveSource } from '../../money/statements/live-source.ts'
import { monthStatements } from '../../money/statements/month-statements.ts'
import type { Statement } from '../../money/statements/statement.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { ArgumentError, type CommandContext, choiceOf, type SubCommand, textOf } from '../command.ts'
import { monthOption } from '../statements/options.ts'

/** `weir export focus`: a month's charges as FOCUS 1.2 or 1.3. */
export const focus: SubCommand = {
  does: 'writes a billing month as FOCUS 1.2 or 1.3: closed statements as issued, drafts (without InvoiceId) where the month is open',
  options: {
    month: { value: 'YYYY-MM', does: 'billing month, in the time zone of each tenant' },
    tenant: { value: 'ID', multiple: true, does: 'only this tenant; may be given several times (default: all)' },
    format: { value: 'csv|parquet', does: 'what is written (default csv); parquet needs --out' },
    'focus-version': { value: '1.2|1.3', does: 'version of FOCUS (default 1.2)' },
    'split-cost': { does: 'adds to 1.2 the columns of 1.3 that say how pool and shared costs were split' },
    out: { value: 'FILE', does: 'write to this file instead of standard output' },
  },
  async run(given, context) {
    const month = monthOption(given)
    const format = choiceOf(given, 'format', ['csv', 'parquet'])
    const version = choiceOf(given, 'focus-version', focusVersions)
    const out = textOf(given, 'out')
    if (format === 'parquet' && out === undefined) throw new ArgumentError('--out FILE is missing: Parquet is no text for a terminal')
    await using clickhouse = await context.openClickHouse()
    context.note(`reading ${clickhouse.place}`)
    const source = await liveSource(clickhouse, { draftAtMs: context.now() })
    const known = await knownTenants(source.terms, clickhouse)
    const named = (given.values['tenant'] ?? []) as string[]
    for (const tenant of named) checkKnown(tenant, known)
    const refused: string[] = []
    const onRefused = (tenant: string, reason: AppError) => {
      refused.push(tenant)
      context.note(`left out: tenant ${tenant}, whose draft cannot be made: ${reason.message}`)
    }
    const statements = monthStatements({ month, tenants: named.length > 0 ? [...new Set(named)] : known, onRefused }, source)
    const counted = { rows: 0, statements: 0, drafts: 0 }
    await write(
      allRows(statements, counted),
      { format, version, isSplitCost: given.values['split-cost'] === true, out },
      clickhouse,
      context,
    )
    context.note(`${counted.rows} rows of ${counted.statements} statement(s), ${counted.drafts} of them drafts`)
    if (refused.length > 0) return 1
    return 0
  },
}

async function write(
  rows: AsyncGenerator<FocusRow>,
  as: FocusShape & { format: 'csv' | 'parquet'; out: string | undefined },
  clickhouse: ClickHouse,
  context: CommandContext,
): Promise<void> {
  const bytes = as.format === 'parquet' ? await focusParquet(rows, as, { clickhouse }) : Readable.from(focusCsv(rows, as))
  if (as.out === undefined) {
    let text = ''
    for await (const piece of bytes) text += String(piece)
    context.print(text.replace(/\r\n$/, ''))
    return
  }
  try {
    await pipeline(bytes, createWriteStream(as.out))
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('STATEMENT_INVALID', `${as.out} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

async function* allRows(
  statements: AsyncGenerator<Statement>,
  counted: { rows: number; statements: number; drafts: number },
): AsyncGenerator<FocusRow> {
  for await (const statement of statements) {
    counted.statements++
    if (statement.status === 'draft') counted.drafts++
    for (const row of focusRows(statement)) {
      counted.rows++
      yield row
    }
  }
}

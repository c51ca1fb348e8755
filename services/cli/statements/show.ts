import { buildDrafts } from '../../money/statements/build-drafts.ts'
import { completenessOf } from '../../money/statements/closing-checks.ts'
import { changedStatements } from '../../money/statements/corrected-months.ts'
import { summariseByTeam } from '../../money/statements/hierarchy.ts'
import { liveSource } from '../../money/statements/live-source.ts'
import { moneyText } from '../../money/statements/money-text.ts'
import { iso } from '../../money/statements/statement-json.ts'
import { asIssued, readHeads, readStatements } from '../../money/statements/store.ts'
import { unknownStatement } from '../../money/statements/verify.ts'
import type { AppError } from '../../platform/errors.ts'
import { choiceOf, type SubCommand, textOf } from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'
import { monthOption, OUTPUT_OPTIONS, tenantsOption, WHOSE_OPTIONS, writeStatements } from './options.ts'

/** `weir statements draft`: as things stand now; nothing is written. */
export const draft: SubCommand = {
  does: 'Shows what would be billed as things stand now. Nothing is written; a draft may be made of a month that still runs.',
  options: { ...WHOSE_OPTIONS, ...OUTPUT_OPTIONS },
  async run(given, context) {
    const month = monthOption(given)
    await using clickhouse = await context.openClickHouse()
    const source = await liveSource(clickhouse, { draftAtMs: context.now() })
    const tenants = await tenantsOption(given, source.terms, clickhouse)
    const changed = await changedStatements(month, source.terms, tenants, clickhouse)
    let refused = 0
    const onRefused = (tenant: string, reason: AppError) => {
      refused++
      context.note(`left out: tenant ${tenant}, whose draft cannot be made: ${reason.message}`)
    }
    const drafts = await buildDrafts({ month, tenants, corrected: changed.map(head => head.statement_id), onRefused }, source)
    await writeStatements(drafts, given, context)
    return refused > 0 ? 1 : undefined
  },
}

/** `weir statements list`: closed statements. */
export const list: SubCommand = {
  does: 'Lists closed statements, newest month first, or with --by-team what cost centres and teams owe.',
  options: {
    tenant: WHOSE_OPTIONS['tenant'] as never,
    month: WHOSE_OPTIONS['month'] as never,
    'by-team': { does: 'one row for each month, cost centre, GL code, team and currency' },
    ...FORMAT_OPTION,
  },
  async run(given, context) {
    const month = textOf(given, 'month') === undefined ? undefined : monthOption(given)
    const format = choiceOf(given, 'format', ['text', 'json'])
    await using clickhouse = await context.openClickHouse()
    const tenants = given.values['tenant'] as string[] | undefined
    const heads = (await readHeads({ month, tenants }, clickhouse)).reverse()
    if (given.values['by-team'] === true) {
      const rows = [...Map.groupBy(heads, head => head.month)].flatMap(([of, members]) =>
        summariseByTeam(members).map(({ tenants: names, payable, precise_total: _precise, ...row }) => ({
          month: of,
          ...row,
          tenants: names.join(' '),
          payable: moneyText(payable, row.currency),
        })),
      )
      context.print(renderRows(rows, format))
      return undefined
    }
    const rows = heads.map(head => ({
      statement_id: head.statement_id,
      tenant_id: head.tenant_id,
      month: head.month,
      time_zone: head.time_zone,
      payable: moneyText(head.payable, head.currency),
      currency: head.currency,
      completeness: `${(completenessOf(head.basis) * 100).toFixed(3)} %`,
      closed_at: iso(head.closed_at_ms ?? 0),
      closed_by: head.closed_by,
      forced: head.forced_reason,
    }))
    context.print(renderRows(rows, format))
    return undefined
  },
}

/** `weir statements show`: a closed statement as it was issued. */
export const show: SubCommand = {
  takes: 'ID',
  positionals: [1, 1],
  does: 'Writes a closed statement as it was issued.',
  options: OUTPUT_OPTIONS,
  async run(given, context) {
    const [id] = given.positionals as [string]
    await using clickhouse = await context.openClickHouse()
    const found = await readStatements({ statement_id: id }, clickhouse)
    if (found.length === 0) throw await unknownStatement(id, clickhouse)
    await writeStatements(found.map(asIssued), given, context)
    return undefined
  },
}

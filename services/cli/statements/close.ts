import { closeStatements } from '../../money/statements/close.ts'
import { liveSource } from '../../money/statements/live-source.ts'
import { moneyText } from '../../money/statements/money-text.ts'
import type { Statement } from '../../money/statements/statement.ts'
import { ArgumentError, type SubCommand, textOf } from '../command.ts'
import { openAsOfDatabase } from './as-of-database.ts'
import { byOption, monthOption, OUTPUT_OPTIONS, tenantsOption, WHOSE_OPTIONS, writeStatements } from './options.ts'

const DEFAULT_WAIT_S = 30

/** `weir statements close`: freezes a month. */
export const close: SubCommand = {
  does: 'Closes the month: rows, versions, counts, completeness and positions are frozen under a hash. Closing again changes nothing.',
  options: {
    ...WHOSE_OPTIONS,
    force: { does: 'close although too few lines are accounted for; needs --reason' },
    reason: { value: 'TEXT', does: 'why; the statement shows it' },
    by: { value: 'NAME', does: 'who closes (default: the user of this machine)' },
    'allow-open-earlier': { does: 'go on although an earlier month with charges is open' },
    'take-over': { does: 'go on although another process, which has died, claims to be closing it' },
    wait: { value: 'SECONDS', does: `how long to wait for minutes that are being settled (default ${DEFAULT_WAIT_S})` },
    ...OUTPUT_OPTIONS,
  },
  async run(given, context) {
    const month = monthOption(given)
    const reason = textOf(given, 'reason')
    const isForced = given.values['force'] === true
    if (isForced !== (reason !== undefined && reason.trim() !== '')) throw new ArgumentError('--force and --reason TEXT go together')
    const wait = textOf(given, 'wait') ?? String(DEFAULT_WAIT_S)
    if (!/^\d{1,5}$/.test(wait)) throw new ArgumentError(`--wait ${wait} is no number of seconds`)
    const { settings, now, note } = context
    await using clickhouse = await context.openClickHouse()
    const { terms, price_version, readFacts } = await liveSource(clickhouse)
    const tenants = await tenantsOption(given, terms, clickhouse)
    const outcomes = await closeStatements(
      {
        month,
        tenants,
        closedBy: byOption(given),
        minCompleteness: settings.statements.minCompleteness,
        forcedReason: isForced ? reason : undefined,
        allowEarlierOpen: given.values['allow-open-earlier'] === true,
        takeOver: given.values['take-over'] === true,
        waitMs: Number(wait) * 1000,
      },
      {
        clickhouse,
        terms,
        price_version,
        readFacts,
        now,
        note,
        openAsOf: priceVersion => openAsOfDatabase({ ...settings.clickhouse, priceVersion }, { live: clickhouse, now }),
      },
    )
    const statements: Statement[] = []
    for (const { tenant_id, statement, isNew, error } of outcomes) {
      if (error) note(`${tenant_id}: ${error.message}`)
      if (!statement) continue
      statements.push(statement)
      note(
        `${statement.statement_id}: ${isNew ? 'closed' : 'was closed before'}, ${moneyText(statement.payable, statement.currency)} ` +
          `${statement.currency}`,
      )
    }
    if (textOf(given, 'format') !== undefined || textOf(given, 'out') !== undefined) await writeStatements(statements, given, context)
    return outcomes.some(({ error }) => error) ? 1 : 0
  },
}

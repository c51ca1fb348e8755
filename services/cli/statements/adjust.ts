import { randomUUID } from 'node:crypto'
import { parseDecimal } from '../../money/decimal.ts'
import { writeAdjustment } from '../../money/statements/adjustment-store.ts'
import { checkKnown, knownTenants } from '../../money/statements/known-tenants.ts'
import { liveSource } from '../../money/statements/live-source.ts'
import { minorUnitDigits, roundToMinorUnit } from '../../money/statements/minor-unit.ts'
import { moneyText } from '../../money/statements/money-text.ts'
import { tenantTerms } from '../../money/statements/month-details.ts'
import { readHeads } from '../../money/statements/store.ts'
import { unknownStatement } from '../../money/statements/verify.ts'
import { AppError } from '../../platform/errors.ts'
import { ArgumentError, type Given, type SubCommand, textOf } from '../command.ts'
import { byOption, monthOption } from './options.ts'

/** `weir statements adjust`: a credit or a further charge. */
export const adjust: SubCommand = {
  takes: 'TENANT',
  positionals: [1, 1],
  does: 'Books a credit (--amount below zero) or a further charge in an open month, such as the outcome of a dispute.',
  options: {
    month: { value: 'YYYY-MM', does: 'open billing month that it is booked in' },
    amount: { value: 'DECIMAL', does: 'write --amount=-12.50 for a credit' },
    currency: { value: 'CODE', does: 'ISO 4217; must be the currency of the tenant' },
    reason: { value: 'TEXT', does: 'what it is for; the statement shows it' },
    by: { value: 'NAME', does: 'who decided it' },
    corrects: { value: 'ID', does: 'closed statement that was disputed' },
  },
  async run(given, context) {
    const [tenant_id] = given.positionals as [string]
    const month = monthOption(given)
    const [currency, reason] = [needed(given, 'currency'), needed(given, 'reason')]
    const amount = amountOf(needed(given, 'amount'), currency)
    const corrects_statement = textOf(given, 'corrects') ?? ''
    await using clickhouse = await context.openClickHouse()
    const { terms } = await liveSource(clickhouse)
    checkKnown(tenant_id, await knownTenants(terms, clickhouse))
    const own = tenantTerms(terms, tenant_id)
    if (own.currency !== currency)
      throw invalid(`tenant "${tenant_id}" is billed in ${own.currency}, not in ${currency}: give the amount in ${own.currency}`)
    const heads = await readHeads({ tenants: [tenant_id] }, clickhouse)
    if (heads.some(head => head.month === month))
      throw invalid(`${month} of tenant "${tenant_id}" is closed: book it in an open month, with --corrects where it is about a closed one`)
    const corrected = heads.find(head => head.statement_id === corrects_statement)
    if (corrects_statement !== '' && corrected === undefined) throw await unknownStatement(corrects_statement, clickhouse)
    const adjustment_id = `adj-${randomUUID().slice(0, 8)}`
    const made = { created_by: byOption(given), created_at_ms: context.now() }
    await writeAdjustment({ adjustment_id, tenant_id, month, amount, currency, reason, corrects_statement, ...made }, clickhouse)
    context.print(
      `${adjustment_id}: ${amount < 0n ? 'credit' : 'charge'} of ${moneyText(amount, currency)} ${currency} to "${tenant_id}" in ${month}`,
    )
    return undefined
  },
}

function needed(given: Given, option: string): string {
  const text = textOf(given, option)?.trim()
  if (!text) throw new ArgumentError(`--${option} is missing`)
  return text
}

function amountOf(text: string, currency: string): bigint {
  if (!/^[A-Z]{3}$/.test(currency)) throw new ArgumentError(`--currency ${currency} is no ISO 4217 code such as USD`)
  if (!/^-?\d{1,15}(\.\d{1,18})?$/.test(text)) throw new ArgumentError(`--amount ${text} is no decimal amount such as 12.50 or -12.50`)
  const amount = parseDecimal(text)
  if (amount === 0n) throw new ArgumentError('--amount is 0')
  if (roundToMinorUnit(amount, currency) !== amount)
    throw new ArgumentError(
      `--amount ${text} has more than ${minorUnitDigits(currency)} digits after the point, which ${currency} does not have`,
    )
  return amount
}

function invalid(message: string): AppError {
  return new AppError('STATEMENT_INVALID', message)
}

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DateTime, IANAZone } from 'luxon'
import { formatDecimal } from '../../money/decimal.ts'
import { providerNames } from '../../money/price-book/provider-names.ts'
import type { InvoiceLine } from '../../money/reconcile/invoice-line.ts'
import { FORMAT_NAMES } from '../../money/reconcile/read/formats.ts'
import { readMapping } from '../../money/reconcile/read/mapping.ts'
import { readInvoice } from '../../money/reconcile/read/read-invoice.ts'
import { readCharged } from '../../money/reconcile/read-charged.ts'
import { reconcile } from '../../money/reconcile/reconcile.ts'
import { readTerms } from '../../money/terms/terms-store.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { ArgumentError, type Command, choiceOf, type Given, type SubCommand, textOf } from '../command.ts'
import { FORMAT_OPTION } from '../print.ts'
import { reconciliationJson, reconciliationText } from './show-reconciliation.ts'

/** No price is older. */
const FIRST_DAY = '2000-01-01'
/** A year and what a bill may run over; more is a wrong year in some line. */
const MAX_DAYS = 400

const compare: SubCommand = {
  takes: 'FILE…',
  positionals: [1, 20],
  does: 'compares the export with what was charged at list price, and explains the difference; stores nothing',
  options: {
    provider: { value: 'NAME', does: 'whose invoice it is (default: as the file says)' },
    month: { value: 'YYYY-MM', does: 'only this month (default: from the first to the last day of the file)' },
    'format-of-file': { value: 'FORMAT', choices: ['auto', ...FORMAT_NAMES], does: 'whose export it is (default auto: by its columns)' },
    mapping: { value: 'FILE', does: 'YAML that names the columns of a CSV of your own' },
    'time-zone': { value: 'ZONE', does: "in which the provider's days begin (default UTC)" },
    ...FORMAT_OPTION,
  },
  async run(given, { print, note, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'json'])
    const timeZone = textOf(given, 'time-zone') ?? 'UTC'
    if (!IANAZone.isValidZone(timeZone)) throw new ArgumentError(`--time-zone ${timeZone} is no zone; expected one such as Europe/Berlin`)
    const month = textOf(given, 'month')
    if (month !== undefined && !/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
      throw new ArgumentError(`--month ${month} is no month; expected 2026-09`)
    const read = readLines(given, timeZone, note)
    const lines = read.filter(line => month === undefined || line.day === '' || line.day.startsWith(month))
    if (lines.length < read.length) note(`${read.length - lines.length} lines are of other months and not compared`)
    const days = daysOf(lines, month)
    const currency = currencyOf(lines)
    const providers = new Set(lines.map(line => line.provider))
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}, ${days.firstDay} to ${days.lastDay} ${timeZone}, ${[...providers].join(', ')}`)
    const terms = await readTerms(clickhouse)
    const charged = await readCharged({ ...days, timeZone, providers, currency }, terms, clickhouse)
    if (charged.lines.length === 0) note('we have no charges of this provider in this period')
    if (charged.unpriced > 0n) {
      const units = formatDecimal(charged.unpriced)
      note(`${units} tokens and other units of ours have no price and count as 0: \`weir prices unpriced\` lists them`)
    }
    const report = reconcile(lines, charged.lines, currency)
    print(format === 'json' ? reconciliationJson(report) : reconciliationText(report))
    return 0
  },
}

function readLines(given: Given, timeZone: string, note: (text: string) => void): InvoiceLine[] {
  const chosen = choiceOf(given, 'format-of-file', ['auto', ...FORMAT_NAMES])
  const mappingPath = textOf(given, 'mapping')
  const mapping = mappingPath === undefined ? undefined : readMapping(readText(mappingPath), basename(mappingPath))
  const provider = textOf(given, 'provider')
  return given.positionals.flatMap(path => {
    const format = mapping ?? (chosen === 'auto' ? undefined : chosen)
    const invoice = readInvoice(readText(path), {
      name: basename(path),
      timeZone,
      format,
      provider: provider && providerNames(provider).provider,
    })
    note(
      `${basename(path)}: ${invoice.title}, ${invoice.lines.length} ` +
        `amounts${invoice.others ? `, ${invoice.others} lines of other services left out` : ''}`,
    )
    return [...invoice.lines]
  })
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path)
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  } catch (error) {
    throw new AppError('INVOICE_INVALID', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function daysOf(lines: readonly InvoiceLine[], month: string | undefined): { firstDay: string; lastDay: string } {
  if (month !== undefined) return { firstDay: `${month}-01`, lastDay: DateTime.fromISO(month).endOf('month').toISODate() ?? '' }
  const days = lines
    .map(line => line.day)
    .filter(Boolean)
    .sort()
  const [firstDay, lastDay] = [days[0], days.at(-1)]
  if (firstDay === undefined || lastDay === undefined) throw new ArgumentError('no line says its day: give --month')
  if (firstDay < FIRST_DAY || DateTime.fromISO(lastDay).diff(DateTime.fromISO(firstDay), 'days').days > MAX_DAYS)
    throw new AppError('INVOICE_INVALID', `the lines go from ${firstDay} to ${lastDay}; expected at most ${MAX_DAYS} days: give --month`)
  return { firstDay, lastDay }
}

/** The currency of all lines: an invoice has one. */
function currencyOf(lines: readonly InvoiceLine[]): string {
  const [first] = lines
  if (first === undefined) throw new AppError('INVOICE_INVALID', 'no line is left to compare: all are of other services or months')
  const other = lines.find(line => line.currency !== first.currency)
  if (other)
    throw new AppError(
      'INVOICE_INVALID',
      `${other.place}: the currency is ${other.currency}, but ${first.currency} at ${first.place}; expected one currency: compare them ` +
        `one by one`,
    )
  return first.currency
}

/** `weir reconcile`: a provider's invoice against our charges. */
export const reconcileCommand: Command = {
  name: 'reconcile',
  does: "A provider's invoice or usage export against our charges.",
  seeAlso: 'docs/reconciliation.md lists the formats and says how causes are found.',
  subCommands: { '': compare },
}

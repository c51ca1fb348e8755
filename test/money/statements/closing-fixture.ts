import { openAsOfDatabase } from '../../../services/cli/statements/as-of-database.ts'
import type { Charge } from '../../../services/money/charges/charge.ts'
import { parseDecimal } from '../../../services/money/decimal.ts'
import type { CloseConfig, CloseDeps } from '../../../services/money/statements/close.ts'
import type { ReadFacts } from '../../../services/money/statements/draft-source.ts'
import type { Terms } from '../../../services/money/terms/terms.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { openPriceBookStore } from '../../../services/settle/price-book-store.ts'
import { insertRows } from '../../api/fixture.ts'
import { attemptRow, insertAttempts } from '../../settle/attempt-rows.ts'
import { insertPrices, priceRow } from '../../settle/price-rows.ts'
import { settleWindow } from '../../settle/settle-one.ts'
import { charge, noTerms } from './random-month.ts'

/** After the end of October in every zone. */
export const NOW_MS = Date.UTC(2026, 10, 3)
export const MONTH = '2026-10'

let nextOffset = 0

/**
 * Lines of a tenant, a row each, with their messages in the ledger as the worker writes them; `day` of October
 * at 12:00 UTC and some minutes.
 */
export async function sendLines(
  clickhouse: ClickHouse,
  lines: readonly { tenant?: string; at?: number; tokens: number; model?: string }[],
  options: { isInLedger?: boolean } = {},
): Promise<number[]> {
  const rows = lines.map(line => {
    const at = line.at ?? Date.UTC(2026, 9, 12, 12)
    const offset = nextOffset++
    const facts = { started_at: at, received_at: at, offset, request_id: `r-${offset}`, is_sole_row: true, attempts_reported: 1 }
    return {
      ...attemptRow({ ...facts, input_tokens: line.tokens, response_model: line.model ?? 'gpt-4o' }),
      tenant_id: line.tenant ?? 'acme',
    }
  })
  await insertAttempts(clickhouse, rows)
  if (options.isInLedger !== false) await writeLedger(clickhouse, rows)
  return [...new Set(rows.map(row => row.window_start))]
}

/** The ledger's rows of messages with one accepted line each. */
export async function writeLedger(clickhouse: ClickHouse, rows: readonly { offset: number; received_at: number }[]): Promise<void> {
  await insertRows(
    clickhouse,
    'messages_read',
    rows.map(({ offset, received_at }) => ({
      log_epoch: 'test',
      topic: 'weir.access-log.v1',
      partition: 0,
      offset,
      received_at,
      source: 'gateway-1',
      lines: 1,
      rows: 1,
      accepted_lines: 1,
      dead_letters: 0,
      skipped_lines: 0,
      skip_reasons: {},
    })),
  )
}

/** A price book with one input price from the beginning of time. */
export async function givePrices(clickhouse: ClickHouse): Promise<void> {
  await insertPrices(clickhouse, [priceRow({ unit_price: '0.0000025' }), priceRow({ unit_price: '0.00001', token_kind: 'output' })])
  await importOf(clickhouse, 1, 'import', 0, null)
}

/** A row of the trail of prices. */
export async function importOf(
  clickhouse: ClickHouse,
  version: number,
  kind: string,
  valid_from: number,
  valid_to: number | null,
): Promise<void> {
  await insertRows(clickhouse, 'price_imports', [
    {
      version,
      kind,
      imported_at: NOW_MS,
      imported_by: 'finance',
      reason: '',
      source: 'test',
      valid_from,
      valid_to,
      rows: 1,
      content_sha256: '',
    },
  ])
}

export async function settle(clickhouse: ClickHouse, windows: readonly number[], now = NOW_MS): Promise<void> {
  const prices = await openPriceBookStore({}, { clickhouse })
  for (const window of windows) await settleWindow(window, { clickhouse, prices, now: () => now })
}

/** Charges by UTC day at list price, read in plain SQL, which the product's own reading does with terms and zones. */
export const readPlainFacts: ReadFacts = async (monthOf, _terms, clickhouse) => {
  const month = monthOf('UTC')
  const rows = await clickhouse.query<Charge & { unit_price: string | null; day: number; units: string }>(
    `SELECT tenant_id, route, request_model, response_model, upstream_kind, upstream, region, service_tier, price_key, price_version,
       min_input_tokens, token_kind, is_wasted, estimate_method, currency, toString(unit_price) AS unit_price,
       toUnixTimestamp(toStartOfDay(window_start)) AS day, toString(sum(quantity)) AS units
     FROM {database}.charges_per_minute_current
     WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')} GROUP BY ALL`,
    { from: month.start_ms / 1000, to: month.end_ms / 1000 },
  )
  const charges = rows.map(({ unit_price, day, units, ...row }) => {
    const list_unit_price = unit_price === null ? null : parseDecimal(unit_price)
    return charge({ ...row, quantity: parseDecimal(units), period_start_ms: day * 1000, list_unit_price })
  })
  return { charges, poolShares: [] }
}

export function closeConfig(facts: Partial<CloseConfig> = {}): CloseConfig {
  return {
    month: MONTH,
    tenants: ['acme'],
    closedBy: 'finance',
    minCompleteness: 0.999,
    allowEarlierOpen: false,
    takeOver: false,
    waitMs: 0,
    ...facts,
  }
}

export function closeDeps(clickhouse: ClickHouse, facts: Partial<CloseDeps> & { terms?: Terms } = {}): CloseDeps {
  const now = facts.now ?? (() => NOW_MS)
  return {
    clickhouse,
    terms: noTerms,
    price_version: 1,
    readFacts: readPlainFacts,
    openAsOf: priceVersion => openAsOfDatabase({ priceVersion }, { live: clickhouse, now }),
    now,
    note: () => {},
    ...facts,
  }
}

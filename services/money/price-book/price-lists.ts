/** The list of one model: which of its rows hold at a time. */
import type { PriceRow } from './price-row.ts'
import { thingOf } from './price-row.ts'

/** The rows in force at `at` (ms): of the versions that have any, the highest gives the whole list. Withdrawn: empty. */
export function listInForce(rows: readonly PriceRow[], atMs: number): PriceRow[] {
  const inForce = rows.filter(row => row.valid_from <= atMs && (row.valid_to === null || row.valid_to > atMs))
  const version = inForce.reduce((highest, row) => Math.max(highest, row.version), -1)
  return inForce.filter(row => row.version === version && row.token_kind !== 'withdrawn')
}

/** The first time after `from` and before `until` (null: ever) at which the list in force becomes another; undefined: it stays. */
export function nextChange(rows: readonly PriceRow[], fromMs: number, untilMs: number | null): number | undefined {
  const times = new Set(rows.flatMap(row => [row.valid_from, row.valid_to ?? row.valid_from]))
  const now = listText(listInForce(rows, fromMs))
  return [...times]
    .filter(atMs => atMs > fromMs && (untilMs === null || atMs < untilMs))
    .sort((a, b) => a - b)
    .find(atMs => listText(listInForce(rows, atMs)) !== now)
}

/** A list as comparable text: what each thing costs, whoever said so and from when. */
export function listText(rows: readonly PriceRow[]): string {
  return rows
    .map(row => [thingOf(row), row.threshold_operator, row.region_factor, row.modifier_factor, row.unit_price, row.currency].join('\n'))
    .sort()
    .join('\n\n')
}

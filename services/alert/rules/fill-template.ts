/** Words of an alert: `{{ name }}` and `{{ name | filter }}` of labels and facts. */

import { MINUTE } from '../../platform/clock.ts'
import { durationText } from '../config/durations.ts'
import type { Facts } from '../reading.ts'

/** How a value is written; docs/alerting.md lists them. */
const FILTERS: Readonly<Record<string, (value: string | number) => string>> = {
  percent: value => `${number(Number(value) * 100, Math.abs(Number(value)) < 0.1 ? 1 : 0)} %`,
  money: value => money(Number(value)),
  count: value => compact(Number(value)),
  number: value => plain(Number(value)),
  ms: value => durationText(Number(value)),
  since: value => (Number(value) < MINUTE ? 'just now' : `for ${durationText(Number(value))}`),
  minutes: value => durationText(Number(value) * 60_000),
  day: value => dayOf(value),
}

/** Names of the filters. */
export const FILTER_NAMES: readonly string[] = Object.keys(FILTERS)

const PLACE = /\{\{\s*([a-z][a-z0-9_]*)\s*(?:\|\s*([a-z]+)\s*)?\}\}/g

/** Names (and filters) that a template asks for, in order. */
export function placesOf(template: string): { name: string; filter: string | undefined }[] {
  return [...template.matchAll(PLACE)].map(([, name = '', filter]) => ({ name, filter }))
}

/** The template with its places filled; what is not known reads `n/a`. */
export function fillTemplate(template: string, values: Facts): string {
  return template.replaceAll(PLACE, (_, name: string, filter: string | undefined) => {
    const value = values[name]
    if (value === undefined || value === null || value === '') return 'n/a'
    const isNumber = typeof value === 'number' || (filter !== undefined && Number.isFinite(Number(value)))
    const write = filter === undefined ? undefined : FILTERS[filter]
    if (write && isNumber) return write(value)
    return typeof value === 'number' ? number(value, 2) : value
  })
}

/** At most `digits` decimals, thousands parted; never an exponent. */
function number(value: number, digits: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

function compact(value: number): string {
  return value.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 3 })
}

/** Two decimals; less than a hundredth is said so, as a cost that is there is not 0 and its digits help nobody. */
function money(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) < 0.01) return value > 0 ? '<0.01' : '>-0.01'
  return value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}

/** Three digits or more are enough: 299.54 times says no more than 300. */
function plain(value: number): string {
  const size = Math.abs(value)
  return number(value, size >= 100 ? 0 : size >= 10 ? 1 : 2)
}

/** The day of an instant as people write it; anything else as it is. */
function dayOf(value: string | number): string {
  return /^\d{4}-\d{2}-\d{2}T/.test(String(value)) ? String(value).slice(0, 10) : String(value)
}

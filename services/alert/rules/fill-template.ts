/** Words of an alert: `{{ name }}` and `{{ name | filter }}` of labels and facts. */

import { MINUTE } from '../../platform/clock.ts'
import { durationText } from '../config/durations.ts'
import type { Facts } from '../reading.ts'

/** How a value is written; docs/alerting.md lists them. */
const FILTERS: Readonly<Record<string, (value: string | number) => string>> = {
  percent: value => `${number(Number(value) * 100, Math.abs(Number(value)) < 0.1 ? 1 : 0)} %`,
  money: value => money(Number(value)),
  count: value => compact(Number(value)),
  number: value => number(Number(value), 2),
  ms: value => durationText(Number(value)),
  since: value => (Number(value) < MINUTE ? 'since just now' : `for ${durationText(Number(value))}`),
  minutes: value => durationText(Number(value) * 60_000),
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

/** Two decimals from 1 on, else two significant digits: a cost that is there never reads 0.00. */
function money(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) >= 1) return value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return value.toLocaleString('en', { maximumSignificantDigits: 2 })
}

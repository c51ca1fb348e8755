import { pricedFilters, requestFilters } from '../../answers/requests/filters.ts'
import { findRequests, MOST_REQUESTS } from '../../answers/requests/find-requests.ts'
import { buildListPrices } from '../../answers/requests/list-price.ts'
import { requestsCsv } from '../../answers/requests/requests-csv.ts'
import type { RequestsAsked } from '../../answers/requests/requests-page.ts'
import { HOUR } from '../../platform/clock.ts'
import { periodOf, periodOptions } from '../answers/period-options.ts'
import { type Command, choiceOf, type Given, numberOf, type OptionSpec, type SubCommand } from '../command.ts'
import { renderRequests } from './render-requests.ts'

const filters = [...Object.keys(requestFilters), ...pricedFilters]
const filterOptions = Object.fromEntries(
  filters.map((name): [string, OptionSpec] => [
    name.replaceAll('_', '-'),
    { value: 'TEXT', multiple: true, does: `only with this ${name}` },
  ]),
)

const list: SubCommand = {
  does: 'Lists requests with an attempt that fits all filters: attempts in order, what they cost at list prices, why they failed.',
  options: {
    ...periodOptions,
    ...filterOptions,
    counted: { value: 'attempt|request', does: 'request: the final attempt has to fit, as figures of requests count (default attempt)' },
    limit: { value: 'N', does: 'requests at most, up to 1000 (default 20)' },
    format: { value: 'text|json|csv', does: 'how the result is printed (default text); csv has a row per attempt' },
  },
  async run(given, { print, note, now, openClickHouse }) {
    const format = choiceOf(given, 'format', ['text', 'json', 'csv'])
    const asked: RequestsAsked = {
      ...periodOf(given, { nowMs: now(), defaultMs: HOUR }),
      filters: filtersOf(given),
      counted: choiceOf(given, 'counted', ['attempt', 'request']),
      limit: Math.min(MOST_REQUESTS, Math.floor(numberOf(given, 'limit', 20, 1))),
      after: undefined,
    }
    await using clickhouse = await openClickHouse()
    note(`reading ${clickhouse.place}`)
    const { requests, next } = await findRequests(asked, { clickhouse, prices: buildListPrices() })
    if (next !== undefined) note(`there are more than ${requests.length}: narrow the filters or raise --limit`)
    if (format === 'csv') print(requestsCsv(requests).trimEnd())
    else print(format === 'json' ? JSON.stringify(requests, null, 1) : renderRequests(requests))
    return 0
  },
}

function filtersOf(given: Given): RequestsAsked['filters'] {
  return Object.fromEntries(
    filters.flatMap(name => {
      const values = given.values[name.replaceAll('_', '-')] as string[] | undefined
      return values === undefined ? [] : [[name, values]]
    }),
  )
}

/** `weir requests`: from a figure to the requests behind it. */
export const requestsCommand: Command = {
  name: 'requests',
  does: 'The requests behind a figure, with their attempts.',
  seeAlso: 'docs/api.md says how filters and counts go together.',
  subCommands: { '': list },
}

/** Where a reader is in the console. All of it stands in the address, so that a link shows another person the same. */

/** Filters that pages and panels know, as query parameters. */
export const filterNames = ['tenant_id', 'route', 'model', 'pool', 'provider'] as const
export type FilterName = (typeof filterNames)[number]

/** A page with its range and filters. `from` and `to` are ISO 8601 or relative: `now`, `now-6h`. */
export interface Place {
  readonly page: string
  /** What stands behind the page's name, such as a tenant; empty: nothing. */
  readonly item: string
  readonly from: string
  readonly to: string
  readonly zone: 'utc' | 'local'
  readonly filters: Readonly<Partial<Record<FilterName, readonly string[]>>>
  /** Parameters of the page's own. */
  readonly own: Readonly<Record<string, string>>
}

const DEFAULTS = { from: 'now-1h', to: 'now', zone: 'utc' } as const
const ROOT = '/console'
const RELATIVE = /^now(?:-(\d{1,4})([mhd]))?$/
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The place of an address. What makes no sense counts as not given. */
export function placeOf({ pathname, search }: { pathname: string; search: string }): Place {
  const [page = '', ...rest] = pathname.slice(ROOT.length).split('/').filter(Boolean)
  const query = new URLSearchParams(search)
  const time = (name: 'from' | 'to') => {
    const given = query.get(name) ?? ''
    return RELATIVE.test(given) || Number.isFinite(Date.parse(given)) ? given : DEFAULTS[name]
  }
  const filters: Partial<Record<FilterName, readonly string[]>> = {}
  for (const name of filterNames) if (query.has(name)) filters[name] = query.getAll(name)
  const known: readonly string[] = ['from', 'to', 'zone', ...filterNames]
  const own = Object.fromEntries([...query].filter(([name]) => !known.includes(name)))
  const item = rest.map(decoded).join('/')
  return {
    page: page || 'overview',
    item,
    from: time('from'),
    to: time('to'),
    zone: query.get('zone') === 'local' ? 'local' : 'utc',
    filters,
    own,
  }
}

/** The address of a place; what is as ever is left out. */
export function hrefOf(place: Place): string {
  const query = new URLSearchParams()
  for (const name of ['from', 'to', 'zone'] as const) if (place[name] !== DEFAULTS[name]) query.set(name, place[name])
  for (const name of filterNames) for (const value of place.filters[name] ?? []) query.append(name, value)
  for (const [name, value] of Object.entries(place.own)) query.set(name, value)
  const page = place.page === 'overview' ? '' : `/${place.page}`
  const item = place.item === '' ? '' : `/${encodeURIComponent(place.item)}`
  const text = query.toString()
  return `${ROOT}${page}${item}${text && `?${text}`}`
}

/** The address of another page with the same range, zone and filters, and with these filters and parameters instead of its own. */
export function linkTo(
  place: Place,
  page: string,
  to: { item?: string; filters?: Place['filters']; own?: Place['own']; from?: string; to?: string } = {},
): string {
  const filters = { ...place.filters, ...to.filters }
  return hrefOf({ ...place, page, item: to.item ?? '', filters, own: to.own ?? {}, from: to.from ?? place.from, to: to.to ?? place.to })
}

/** A time of the address in ms. */
export function timeMs(text: string, nowMs: number): number {
  const [, amount, unit] = RELATIVE.exec(text) ?? []
  if (amount !== undefined && unit !== undefined) return nowMs - Number(amount) * (UNIT_MS[unit] ?? 0)
  return text === 'now' ? nowMs : Date.parse(text)
}

/** The range of a place in whole minutes, ms: from inclusive, to exclusive, the minute that runs included. */
export function rangeMs(place: Pick<Place, 'from' | 'to'>, nowMs: number): { fromMs: number; toMs: number } {
  const endMs = Math.ceil(timeMs(place.to, nowMs) / 60_000) * 60_000
  const fromMs = Math.floor(timeMs(place.from, nowMs) / 60_000) * 60_000
  return { fromMs: Math.min(fromMs, endMs - 60_000), toMs: endMs }
}

/** Range and filters as parameters of the API. `names`: the filters that the endpoint knows. */
export function queryOf(place: Place, nowMs: number, names: readonly FilterName[] = ['tenant_id']): URLSearchParams {
  const { fromMs, toMs } = rangeMs(place, nowMs)
  const query = new URLSearchParams({ from: isoOf(fromMs), to: isoOf(toMs) })
  for (const name of names) for (const value of place.filters[name] ?? []) query.append(name, value)
  return query
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

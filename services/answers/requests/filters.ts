/** What requests may be chosen by: parameter names and their conditions on an attempt (alias r), as data. */
const columns = [
  ...['route', 'request_model', 'response_model', 'upstream_kind', 'service_tier', 'region', 'endpoint', 'policy', 'priority', 'gateway'],
  ...['outcome', 'error_class', 'finish_reason', 'usage_quality', 'response_cache', 'auth_result', 'guardrail', 'client_ip_prefix'],
  ...['api_key_id', 'user_id', 'request_id', 'trace_id', 'source'],
] as const

/** Conditions by parameter; each takes a list of exact values. */
export const requestFilters: Readonly<Record<string, string>> = {
  ...Object.fromEntries(columns.map(column => [column, `r.${column} IN {${column}:Array(String)}`])),
  model: 'r.request_model IN {model:Array(String)}',
  upstream: "if(r.upstream_kind = 'pool', r.pool, r.provider) IN {upstream:Array(String)}",
  pool: "r.upstream_kind = 'pool' AND r.pool IN {pool:Array(String)}",
  provider: "r.upstream_kind = 'provider' AND r.provider IN {provider:Array(String)}",
  served_model: "if(r.response_model != '', r.response_model, r.request_model) IN {served_model:Array(String)}",
  is_estimated_by_source: "if(r.usage_quality = 'estimated', 'true', 'false') IN {is_estimated_by_source:Array(String)}",
  status_code: 'toString(r.status_code) IN {status_code:Array(String)}',
  is_retry: 'toString(r.is_retry) IN {is_retry:Array(String)}',
  is_fallback: 'toString(r.is_fallback) IN {is_fallback:Array(String)}',
}

/** What an attempt may be chosen by once it is priced, as lines of a statement tell it: fields of a listed attempt, and `meter`. */
export const pricedFilters = ['meter', 'price_key', 'price_version', 'min_input_tokens', 'is_wasted'] as const

/** Columns that the conditions read. */
export const filteredColumns: readonly string[] = [
  ...columns.filter(name => name !== 'request_id' && name !== 'source'),
  ...['pool', 'provider', 'status_code', 'is_retry', 'is_fallback'],
]

/** The given filters, those of prices left out, as text that begins with AND; '' where there are none. */
export function filtersSql(filters: Readonly<Record<string, readonly string[]>>): string {
  return Object.keys(filters)
    .filter(name => !pricedFilters.some(priced => priced === name))
    .map(name => {
      const condition = requestFilters[name]
      if (condition === undefined) throw new Error(`${name} is no filter of requests`)
      return `AND (${condition})`
    })
    .join(' ')
}

/** Whether a priced attempt fits those of the filters that are of prices. */
export function fitsPrice(
  attempt: Readonly<Record<string, unknown>> & { readonly quantities: Readonly<Record<string, number>> },
  filters: Readonly<Record<string, readonly string[]>>,
): boolean {
  return pricedFilters.every(name => {
    const values = filters[name]
    if (values === undefined) return true
    return name === 'meter' ? values.some(meter => (attempt.quantities[meter] ?? 0) > 0) : values.includes(String(attempt[name]))
  })
}

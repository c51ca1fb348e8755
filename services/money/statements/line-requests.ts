import type { Statement, StatementLine } from './statement.ts'

/** The path that lists the requests behind a line; null: what it bills is no attempts of its own. */
type RequestsPath = string | null

const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z')

/**
 * For each line of a statement the path under the API that lists exactly its requests, priced as the statement was. Null where the line
 * bills no attempts of its own: pools and shared costs, commitments, adjustments, corrections, rounding, and lines that billing terms cut
 * from the same attempts as another line.
 */
export function requestsOfLines({ lines, ...head }: Pick<Statement, 'lines'> & StatementHead): RequestsPath[] {
  const paths = lines.map(line => pathOf(line, head))
  const seen = new Map<RequestsPath, number>()
  for (const path of paths) seen.set(path, (seen.get(path) ?? 0) + 1)
  return paths.map(path => (seen.get(path) === 1 ? path : null))
}

type StatementHead = Pick<Statement, 'tenant_id' | 'period_start_ms' | 'period_end_ms' | 'basis'>

function pathOf(line: StatementLine, { tenant_id, period_start_ms, period_end_ms, basis }: StatementHead): RequestsPath {
  const isOfAttempts =
    line.charge_category === 'Usage' && line.charge_class === '' && line.commitment_id === '' && line.adjustment_id === ''
  if (!isOfAttempts || line.meter.startsWith('gpu_') || line.meter === 'shared_cost') return null
  const filters = {
    tenant_id,
    from: iso(period_start_ms),
    to: iso(period_end_ms),
    upstream_kind: line.upstream_kind,
    upstream: line.upstream,
    served_model: line.model,
    region: line.region,
    service_tier: line.service_tier,
    is_wasted: String(line.is_wasted),
    ...(line.estimate_method === '' || line.estimate_method === 'source'
      ? { ...priceOf(line), is_estimated_by_source: String(line.estimate_method === 'source'), price_book: String(basis.price_version) }
      : // What Weir estimates has no tokens of its own to price.
        { usage_quality: 'missing' }),
  }
  return `/v1/requests?${new URLSearchParams(filters)}`
}

const priceOf = ({ meter, price_key, price_version, min_input_tokens }: StatementLine) => ({
  meter,
  price_key,
  price_version: String(price_version),
  min_input_tokens: String(min_input_tokens),
})

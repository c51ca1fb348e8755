import { readFileSync } from 'node:fs'

// Comments stay in the files: they may name placeholders, and the server need not read them.
const fragment = (name: string) => readFileSync(new URL(`queries/${name}.sql`, import.meta.url), 'utf8').replaceAll(/^\s*--.*\n/gm, '')

/** Labels whose values a tenant's clients or gateways may invent without end; queries/bucketed.sql bounds them. */
const boundedLabels = ['route', 'request_model', 'response_model', 'endpoint'] as const

const attemptColumns = fragment('attempt-columns').trim()
const rows = fragment('rows').replace('{attempt_columns}', attemptColumns)
const sharedHashes = fragment('shared-hashes').trim()
const neighbours = fragment('neighbours').trim().replace('{shared_hashes}', sharedHashes)
const own = { here: fragment('own-here'), across: fragment('own-across') }
const kept = { first: fragment('kept-first'), all: fragment('kept-all') }
const grouped = {
  sole: fragment('grouped-sole').replace('{attempt_columns}', attemptColumns),
  joined: fragment('grouped-joined').replace('{attempt_columns}', attemptColumns),
}
const bucketed = fragment('bucketed').replace(
  '{labels}',
  boundedLabels.map(label => fragment('bucketed-label').trim().replaceAll('{label}', label)).join(',\n'),
)

/** What a window's rows are like; it decides which steps its statements need. */
export interface WindowShape {
  /** Some event identity may occur twice. */
  hasRepeats: boolean
  /** Some request that may have more than one row has. */
  isShared: boolean
  /** Some request has attempts in other windows too. */
  isSpanning: boolean
  /** Some tenant has more values of a label than may keep their names. */
  hasOverflow: boolean
}

/**
 * Which rows a groups statement takes: `sole` those that are a request each (no join, several times faster), `joined` those of requests with several
 * rows, `all` both as if they were of the second kind, which gives the same numbers.
 */
export type RowPart = 'sole' | 'joined' | 'all'

function partCondition(part: RowPart, { isShared }: WindowShape): string {
  if (part === 'joined') return `NOT is_sole_row AND request_hash IN ${sharedHashes}`
  return part === 'sole' && isShared ? `(is_sole_row OR request_hash NOT IN ${sharedHashes})` : 'true'
}

/**
 * The statement that adds the window's requests to `attempt_groups_per_minute`.
 * Parameters: window, version, price_version, base_currency, stream_bytes_per_token, max_label_values.
 */
export function groupsSql(part: RowPart, shape: WindowShape): string {
  return fragment('groups')
    .replace('{rows}\n{own}', ownRows(part, shape))
    .replace('{kept}', shape.hasRepeats ? kept.first : kept.all)
    .replace('{grouped}', part === 'sole' ? grouped.sole : grouped.joined)
    .replace('{priced}', fragment('priced').trimEnd() + (shape.hasOverflow ? `,\n${bucketed}` : '\n'))
    .replace('{last_step}', shape.hasOverflow ? 'bucketed' : 'priced')
    .replaceAll('{neighbours}', shape.isSpanning ? neighbours : '')
}

/** The statement that lists a window's conflicts. Parameters: window, version. */
export function conflictsSql(shape: WindowShape): string {
  return fragment('conflicts')
    .replace('{rows}\n{own}', ownRows('all', shape))
    .replaceAll('{neighbours}', shape.isSpanning ? neighbours : '')
}

/** Counts rows left out as `left_out`: duplicates and conflicts. Parameters: window, version. */
export function leftOutSql(shape: WindowShape): string {
  return fragment('left-out')
    .replace('{rows}\n{own}', ownRows('all', shape))
    .replaceAll('{neighbours}', shape.isSpanning ? neighbours : '')
}

function ownRows(part: RowPart, shape: WindowShape): string {
  // A sole row never has company in another window.
  const reach = part !== 'sole' && shape.isSpanning ? '{neighbours}' : ''
  return rows.replace('{neighbours}', reach).replace('{part}', partCondition(part, shape)) + (reach ? own.across : own.here)
}

/** One row: RawCounts of window-inputs.ts. Parameter: window. */
export const rawCountsSql = fragment('raw-counts').replace('{label_counts}', boundedLabels.map(label => `uniqExact(${label})`).join(', '))

/** Finds the requests with more than one row, for the other statements of the same version. Parameters: window, version. */
export const sharedSql = fragment('shared')

/** Rows `start` (s), `rows`: windows, this one too, with rows of requests that have more than one. Parameters: window, version. */
export const spannedSql = fragment('spanned')

/** One row `repeated`: 0 when no event identity occurs twice among the shared requests that the window reads. Parameters: window, version. */
export const repeatedSql = fragment('repeated').replace('{shared_hashes}', sharedHashes)

/** A condition on rows of attempts_raw: the window's own, and those of its requests that it reads of other windows. Parameters: window, version. */
export const ownOrNeighbourSql = `(window_start = {window:DateTime('UTC')} ${neighbours})`

/** Rows `start` (s): settled windows whose forecast has seen fewer samples than there are. Parameter: window. */
export const outdatedForecastsSql = fragment('outdated-forecasts')

/** Makes a version current. Parameters: window, version, price_version, raw_rows, left_out, settled_at_ms, input_rows, samples_read, gpu_samples_read, last_version. */
export const publishSql = fragment('publish')

/** Statements that sum a settled version of a window from its groups, in no particular order. Parameters: window, version. */
export const rollupSql: Readonly<
  Record<'usage' | 'latency' | 'resilience' | 'provider' | 'charges' | 'cost_drift' | 'pool' | 'pool_use', string>
> = {
  usage: fragment('usage'),
  latency: fragment('latency'),
  resilience: fragment('resilience'),
  provider: fragment('provider'),
  charges: fragment('charges'),
  cost_drift: fragment('cost-drift'),
  pool: fragment('pool'),
  pool_use: fragment('pool-use'),
}

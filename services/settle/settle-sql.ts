import { readFileSync } from 'node:fs'

// Comments stay in the files: they may name placeholders, and the server need not read them.
const fragment = (name: string) => readFileSync(new URL(`queries/${name}.sql`, import.meta.url), 'utf8').replaceAll(/^\s*--.*\n/gm, '')

const groups = fragment('groups').replace('{priced}', fragment('priced'))
const rows = fragment('rows').replace('{attempt_columns}', fragment('attempt-columns').trim())
const neighbours = fragment('neighbours').trim()
const grouped = {
  sole: fragment('grouped-sole').replace('{attempt_columns}', fragment('attempt-columns').trim()),
  joined: fragment('grouped-joined').replace('{attempt_columns}', fragment('attempt-columns').trim()),
}

/** What a window's rows are like; it decides which steps its statements need. */
export interface WindowShape {
  /** Some event identity may occur twice. */
  hasRepeats: boolean
  /** Some request has attempts in other windows too. */
  isSpanning: boolean
}

/**
 * The statement that adds the window's rows that are a request each to `attempt_groups_per_minute`.
 * Parameters here and below: window, version, price_version, base_currency, stream_bytes_per_token.
 */
export function soleGroupsSql(shape: WindowShape): string {
  return groups
    .replace('{rows}', rows.replace('{neighbours}', '').replace('{part}', 'is_sole_row'))
    .replace('{kept}', fragment(shape.hasRepeats ? 'kept-first' : 'kept-all'))
    .replace('{grouped}', grouped.sole)
}

/** The statement that adds the requests whose attempts have rows of their own. */
export function joinedGroupsSql(shape: WindowShape): string {
  return groups
    .replace('{rows}', rows.replace('{neighbours}', shape.isSpanning ? neighbours : '').replace('{part}', 'NOT is_sole_row'))
    .replace('{kept}', fragment(shape.hasRepeats ? 'kept-first' : 'kept-all'))
    .replace('{grouped}', fragment(shape.isSpanning ? 'own-across' : 'own-here') + grouped.joined)
}

/** The statement that lists a window's conflicts. Parameters: window, version. */
export function conflictsSql(shape: WindowShape): string {
  return fragment('conflicts').replace('{neighbours}', shape.isSpanning ? neighbours : '')
}

/** Statements that sum a settled version of a window from its groups, in no particular order. Parameters: window, version. */
export const rollupSql: Readonly<Record<'usage' | 'latency' | 'resilience' | 'provider' | 'pool', string>> = {
  usage: fragment('usage'),
  latency: fragment('latency'),
  resilience: fragment('resilience'),
  provider: fragment('provider'),
  pool: fragment('pool'),
}

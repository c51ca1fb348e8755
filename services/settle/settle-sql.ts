import { readFileSync } from 'node:fs'

// Comments stay in the files: they may name placeholders, and the server need not read them.
const fragment = (name: string) => readFileSync(new URL(`queries/${name}.sql`, import.meta.url), 'utf8').replaceAll(/^\s*--.*\n/gm, '')
const attemptColumns = fragment('attempt-columns').trim()

/** What the raw rows of a window are like; it decides which steps its query needs. */
export interface WindowShape {
  /** Some event identity may occur twice. */
  hasRepeats: boolean
  /** Some request has attempts in other windows too. */
  isSpanning: boolean
}

/** The statement that fills `attempt_groups_per_minute` for one window. Parameters: window, version, price_version, base_currency, stream_bytes_per_token. */
export function groupsSql(shape: WindowShape): string {
  return fragment('groups')
    .replace('{rows}', rowsFragment(shape))
    .replace('{kept}', fragment(shape.hasRepeats ? 'kept-first' : 'kept-all'))
    .replace('{own}', fragment(shape.isSpanning ? 'own-across' : 'own-here'))
    .replace('{requests}', fragment('requests').replaceAll('{attempt_columns}', attemptColumns))
    .replace('{priced}', fragment('priced'))
}

/** The statement that lists a window's conflicts. Parameters: window, version. */
export function conflictsSql(shape: WindowShape): string {
  return fragment('conflicts').replace('{rows}', rowsFragment(shape))
}

/** Statements that sum a settled version of a window from its groups, in no particular order. Parameters: window, version. */
export const rollupSql: Readonly<Record<'usage' | 'latency' | 'resilience' | 'provider' | 'pool', string>> = {
  usage: fragment('usage'),
  latency: fragment('latency'),
  resilience: fragment('resilience'),
  provider: fragment('provider'),
  pool: fragment('pool'),
}

function rowsFragment(shape: WindowShape): string {
  return fragment('rows').replace('{neighbours}', shape.isSpanning ? fragment('neighbours').trim() : '')
}

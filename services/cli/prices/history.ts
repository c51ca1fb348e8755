import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { listRows } from '../list-rows.ts'

/** `weir prices history`: who put which version of the price book into force, when and why. */
export const history = listRows(
  'lists the versions of the price book: who imported or corrected what, when and why',
  readQuery(import.meta.url, 'price-imports'),
)

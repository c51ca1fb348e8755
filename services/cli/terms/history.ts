import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { listRows } from '../list-rows.ts'

/** `weir terms history`: who put which version into force, when and why. */
export const history = listRows(
  'lists the versions of the terms: who imported or corrected them, when and why',
  readQuery(import.meta.url, 'terms-versions'),
)

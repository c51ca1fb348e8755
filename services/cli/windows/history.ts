import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { listRows } from '../list-rows.ts'

/** `weir windows history`: whose word it was. */
export const history = listRows(
  'lists minutes that were published from fewer rows: who said so, when and why',
  readQuery(import.meta.url, 'republished'),
)

import type { QueryParameters } from '../platform/clickhouse/client.ts'
import type { Asked } from './question.ts'

/** Parameters that queries of answers share: from and to (window starts in seconds), and whose rows count. */
export function askedParameters({ fromMs, toMs, scope }: Pick<Asked, 'fromMs' | 'toMs' | 'scope'>): QueryParameters {
  return { from: Math.ceil(fromMs / 1000), to: Math.ceil(toMs / 1000), is_all: scope.isAll, tenants: scope.tenants }
}

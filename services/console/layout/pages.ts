import type { FunctionComponent } from 'preact'
import { Alerts } from '../pages/alerts.ts'
import { AuditPage } from '../pages/audit.ts'
import { Connect } from '../pages/connect.ts'
import { Cost } from '../pages/cost.ts'
import { Fallbacks } from '../pages/fallbacks.ts'
import { Latency } from '../pages/latency.ts'
import { Overview } from '../pages/overview.ts'
import { Pipeline } from '../pages/pipeline.ts'
import { Pools } from '../pages/pools.ts'
import { Providers } from '../pages/providers.ts'
import { Requests } from '../pages/requests.ts'
import { Rollouts } from '../pages/rollouts.ts'
import { Security } from '../pages/security.ts'
import { StatementPage } from '../pages/statement.ts'
import { Tenants } from '../pages/tenants.ts'

/** A page of the console. */
export interface Page {
  readonly name: string
  readonly title: string
  readonly view: FunctionComponent
  /** Part of the rail in which it stands. */
  readonly part: string
  /** Tells of all tenants. */
  readonly isForOperators?: boolean
  /** Reached by links alone. */
  readonly isHidden?: boolean
}

/** All pages in the order of the rail. */
export const pages: readonly Page[] = [
  { name: 'overview', title: 'Overview', view: Overview, part: 'Now' },
  { name: 'alerts', title: 'Alerts', view: Alerts, part: 'Now' },
  { name: 'latency', title: 'Latency', view: Latency, part: 'Traffic' },
  { name: 'providers', title: 'Providers', view: Providers, part: 'Traffic' },
  { name: 'pools', title: 'Pools', view: Pools, part: 'Traffic' },
  { name: 'fallbacks', title: 'Fallbacks', view: Fallbacks, part: 'Traffic' },
  { name: 'rollouts', title: 'Rollouts', view: Rollouts, part: 'Traffic' },
  { name: 'requests', title: 'Requests', view: Requests, part: 'Traffic' },
  { name: 'tenants', title: 'Tenants', view: Tenants, part: 'Money' },
  { name: 'cost', title: 'Cost', view: Cost, part: 'Money' },
  { name: 'statement', title: 'Statements', view: StatementPage, part: 'Money' },
  { name: 'security', title: 'Security', view: Security, part: 'Platform' },
  { name: 'audit', title: 'Audit', view: AuditPage, part: 'Platform', isForOperators: true },
  { name: 'pipeline', title: 'Pipeline', view: Pipeline, part: 'Platform' },
  { name: 'connect', title: 'Connect', view: Connect, part: 'Platform' },
]

/** The page of that name; undefined: there is none. */
export function pageOf(name: string): Page | undefined {
  return pages.find(page => page.name === name)
}

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
import { mayRead, type Reader } from '../state/may-read.ts'

/** A page of the console. */
export interface Page {
  readonly name: string
  readonly title: string
  readonly view: FunctionComponent
  /** Part of the rail in which it stands. */
  readonly part: string
  /** What of the API it is about: readers who may not read that have no such page. */
  readonly path: string
}

/** All pages in the order of the rail. */
export const pages: readonly Page[] = [
  { name: 'overview', title: 'Overview', view: Overview, part: 'Now', path: '/v1/answers/egress' },
  { name: 'alerts', title: 'Alerts', view: Alerts, part: 'Now', path: '/v1/alerts' },
  { name: 'latency', title: 'Latency', view: Latency, part: 'Traffic', path: '/v1/answers/why' },
  { name: 'providers', title: 'Providers', view: Providers, part: 'Traffic', path: '/v1/answers/egress' },
  { name: 'pools', title: 'Pools', view: Pools, part: 'Traffic', path: '/v1/answers/first' },
  { name: 'fallbacks', title: 'Fallbacks', view: Fallbacks, part: 'Traffic', path: '/v1/answers/verdict' },
  { name: 'rollouts', title: 'Rollouts', view: Rollouts, part: 'Traffic', path: '/v1/answers/rollouts' },
  { name: 'requests', title: 'Requests', view: Requests, part: 'Traffic', path: '/v1/requests' },
  { name: 'tenants', title: 'Tenants', view: Tenants, part: 'Money', path: '/v1/usage' },
  { name: 'cost', title: 'Cost', view: Cost, part: 'Money', path: '/v1/answers/movers' },
  { name: 'statement', title: 'Statements', view: StatementPage, part: 'Money', path: '/v1/statements' },
  { name: 'security', title: 'Security', view: Security, part: 'Platform', path: '/v1/answers/suspects' },
  { name: 'audit', title: 'Audit', view: AuditPage, part: 'Platform', path: '/v1/audit' },
  { name: 'pipeline', title: 'Pipeline', view: Pipeline, part: 'Platform', path: '/v1/completeness' },
  { name: 'connect', title: 'Connect', view: Connect, part: 'Platform', path: '/v1/requests' },
]

/** The page of that name; undefined: there is none. Whoever may not read the overview begins with the first page that is theirs. */
export function pageOf(name: string, reader: Reader | null | undefined): Page | undefined {
  const page = pages.find(one => one.name === (name === 'sources' ? 'pipeline' : name))
  if (page !== pages[0] || reader === null || reader === undefined) return page
  return pages.find(({ path }) => mayRead(reader, path))
}

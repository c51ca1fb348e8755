/** Where a reader goes on from a message: pages of the console, from half an hour before it began. */
import { HOUR } from '../../platform/clock.ts'
import type { NotificationLink } from '../notification.ts'
import type { Labels } from '../reading.ts'
import type { AlertState } from '../state/alert-state.ts'

/** What is looked at before an alert began, ms: what it was like when all was well. */
const BEFORE_MS = HOUR / 2

/** A page for what an alert is about: the first whose label it has. `keep`: labels that the page takes as filters. */
const PAGES: readonly { label: string; page: string; text: (value: string) => string; keep: readonly string[] }[] = [
  { label: 'provider', page: 'providers', text: value => `provider ${value}`, keep: ['provider', 'model'] },
  { label: 'pool', page: 'pools', text: value => `pool ${value}`, keep: ['pool', 'model'] },
  { label: 'budget', page: 'cost', text: () => 'what it costs', keep: ['tenant_id'] },
  { label: 'from_upstream', page: 'fallbacks', text: () => 'fallbacks', keep: ['route'] },
  { label: 'api_key_id', page: 'security', text: () => 'who calls', keep: ['tenant_id'] },
  { label: 'client_ip_prefix', page: 'security', text: () => 'who calls', keep: ['tenant_id'] },
  { label: 'source', page: 'sources', text: value => `sender ${value}`, keep: [] },
  { label: 'topic', page: 'pipeline', text: () => 'pipeline', keep: [] },
  { label: 'route', page: 'fallbacks', text: value => `route ${value}`, keep: ['route', 'tenant_id'] },
]
/** Filters of the page of requests. */
const OF_REQUESTS = ['tenant_id', 'route', 'provider', 'pool', 'request_model']

/** Links of a message about these alerts, the first of which it leads with; none where the address of the console is not known. */
export function consoleLinks(publicUrl: string | null, alerts: readonly AlertState[]): readonly NotificationLink[] {
  const [first] = alerts
  if (publicUrl === null || first === undefined) return []
  const from = new Date((first.fired_ms ?? first.since_ms) - BEFORE_MS).toISOString()
  const { labels, fingerprint } = first
  const link = (text: string, page: string, filters: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams({ from, ...filters })
    return { text, href: `${publicUrl}/console/${page}?${query}` }
  }
  const about = PAGES.find(({ label }) => labels[label] !== undefined)
  const links = about ? [link(about.text(labels[about.label] ?? ''), about.page, chosen(labels, about.keep))] : []
  const ofRequests = chosen(labels, OF_REQUESTS)
  if (Object.keys(ofRequests).length > 0) links.push(link('requests', 'requests', ofRequests))
  return [...links, link('this alert', 'alerts', { fingerprint })]
}

function chosen(labels: Labels, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap(name => (labels[name] === undefined ? [] : [[name, labels[name]]])))
}

import type { Audit } from '../audit/audit.ts'
import { count } from '../audit/check.ts'
import type { AuditFacts, RouteFact } from '../audit/facts.ts'
import type { Declared, DeclaredRoute } from './declared.ts'

type Finding = Audit['declared'][number]

/** Attempts per request of a bad minute from which retries are called a storm: as in the check bounded-retries. */
const STORM = 1.5

/** What a platform declares held against what traffic shows; only what does not go together is told. A pure function. */
export function holdAgainstTraffic(declared: Declared, facts: AuditFacts): Finding[] {
  return [...routeFindings(declared, facts), ...poolFindings(declared, facts), ...gatewayFindings(declared), ...undeclared(declared, facts)]
}

function routeFindings({ routes, policies }: Declared, facts: AuditFacts): Finding[] {
  return routes.flatMap(route => {
    const what = `${route.kind} ${full(route)}`
    const seen = facts.routes.filter(one => isOf(one.route, route))
    const [worst] = seen.toSorted((a, b) => b.worst_amplification - a.worst_amplification)
    if (worst === undefined) {
      const next_step = 'see whether it is still needed, and whether the gateway logs its name'
      return [{ what, finding: 'declared, but no request took it', next_step }]
    }
    const own = policies.filter(({ targets }) => targets.includes(route.name))
    const hasTimeout = route.hasTimeouts || own.some(one => one.hasTimeout)
    return [
      ...stormFinding(what, worst, { hasTimeout, retries: own.find(one => one.retries !== undefined)?.retries }),
      ...strayFinding(what, route, seen),
    ]
  })
}

function stormFinding(
  what: string,
  worst: RouteFact,
  { hasTimeout, retries }: { hasTimeout: boolean; retries: number | undefined },
): Finding[] {
  const isStorm = worst.worst_amplification > STORM
  const storm = `its worst minute had ${worst.worst_amplification.toFixed(2)} attempts a request`
  if (!hasTimeout && (isStorm || worst.timeouts > 0)) {
    const timeouts = worst.timeouts > 0 ? `${count(worst.timeouts)} attempts timed out elsewhere` : storm
    const next_step = 'declare timeouts.request and timeouts.backendRequest'
    return [{ what, finding: `declares no timeout, and ${isStorm ? storm : timeouts}`, next_step }]
  }
  if (isStorm && retries !== undefined && retries > 1) {
    return [
      { what, finding: `declares ${retries} further tries, and ${storm}`, next_step: 'lower numRetries to 1, or give it a retry budget' },
    ]
  }
  return []
}

/** Traffic that went where the route does not send it: a fallback that nobody declared. */
function strayFinding(what: string, route: DeclaredRoute, seen: readonly RouteFact[]): Finding[] {
  if (route.backends.length === 0) return []
  const strays = [...new Set(seen.flatMap(one => one.upstreams))].filter(upstream => !route.backends.some(name => isAlike(name, upstream)))
  if (strays.length === 0) return []
  const finding = `its requests also went to ${strays.join(', ')}, which it does not declare (declared: ${route.backends.join(', ')})`
  return [{ what, finding, next_step: 'declare the fallback, or find out who sends there' }]
}

const NO_PRIORITY = { finding: 'nothing gives its requests a priority', next_step: 'declare an InferenceObjective for each class' }

function poolFindings({ pools, routes, prioritisedPools }: Declared, facts: AuditFacts): Finding[] {
  const reached = new Set(routes.flatMap(route => route.pools))
  return pools.flatMap(pool => {
    const what = `InferencePool ${full(pool)}`
    if (!reached.has(pool.name)) return [{ what, finding: 'no route reaches it', next_step: 'add it to a route, or give its GPUs back' }]
    const traffic = facts.traffic.find(one => one.upstream_kind === 'pool' && isAlike(pool.name, one.upstream))
    if (traffic === undefined) {
      const next_step = 'see the conditions of the route and the name that the gateway logs'
      return [{ what, finding: 'a route reaches it, but no attempt went there', next_step }]
    }
    const hasNoPriority = !prioritisedPools.includes(pool.name) && traffic.prioritised_attempts === 0
    return [
      ...(pool.hasPicker ? [] : [{ what, finding: 'has no endpoint picker', next_step: 'declare endpointPickerRef' }]),
      ...(hasNoPriority ? [{ what, ...NO_PRIORITY }] : []),
    ]
  })
}

function gatewayFindings({ gateways, proxies, loggingProxies }: Declared): Finding[] {
  if (gateways.length === 0 || proxies === 0 || loggingProxies === proxies) return []
  const finding = `${proxies - loggingProxies} of ${proxies} declare no access log`
  return [{ what: 'EnvoyProxy', finding, next_step: 'declare telemetry.accessLog with the fields of docs/sending.md' }]
}

/** Routes with traffic that no manifest declares. */
function undeclared({ routes }: Declared, facts: AuditFacts): Finding[] {
  if (routes.length === 0) return []
  return facts.routes
    .filter(({ route }) => route !== '' && !routes.some(one => isOf(route, one)))
    .map(({ route, requests }) => ({
      what: `route ${route}`,
      finding: `${count(requests)} requests took it, and no manifest declares it`,
      next_step: 'give the manifests of all namespaces and gateways, or find out who made it',
    }))
}

const full = ({ namespace, name }: { namespace: string; name: string }) => (namespace === '' ? name : `${namespace}/${name}`)

/**
 * Whether a gateway's name of a route is that of a declared one. Envoy Gateway writes httproute/<namespace>/<name>/rule/0/match/0/…; others
 * write the name, with its namespace or without.
 */
function isOf(route: string, { namespace, name }: DeclaredRoute): boolean {
  if (route === name || route === `${namespace}/${name}`) return true
  const parts = route.split('/')
  const at = parts.indexOf(name)
  return at > 0 && (namespace === '' || parts[at - 1] === namespace)
}

/** Whether a backend's name may be that of an upstream: people write openai-backend for openai. */
function isAlike(backend: string, upstream: string): boolean {
  const wordsOf = (name: string) => name.toLowerCase().split(/[^a-z0-9]+/)
  const known = wordsOf(backend)
  return backend.toLowerCase() === upstream.toLowerCase() || wordsOf(upstream).every(word => known.includes(word))
}

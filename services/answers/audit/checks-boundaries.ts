import { isBudgeted } from '../fairness/budgeted.ts'
import { type Check, count, judgeShare, percent } from './check.ts'
import { listed, MOST, NEARLY_ALL, ofKind, sumOf } from './check-words.ts'

const PRIORITY_STEP = 'give classes to interactive and batch traffic (InferenceObjective, or a header that the gateway sets and logs)'

/** Under this many failures nobody can tell what retries do: the least sample of the verdict. */
const LEAST_FAILURES = 30

/** Checks of tenants and policies, pools, and egress to providers. */
export const boundaryChecks: readonly Check[] = [
  {
    id: 'keys',
    layer: 'tenant and policy boundaries',
    decides: ['separation'],
    does: 'Each call bears the identity of a key, so that a tenant can be told apart and stopped.',
    judge: ({ senders }) => {
      const keyless = senders.filter(one => one.keyed_attempts < one.attempts).map(one => one.gateway)
      return judgeShare(
        {
          part: senders.reduce((all, one) => all + one.keyed_attempts, 0),
          n: senders.reduce((all, one) => all + one.attempts, 0),
          least: MOST,
        },
        {
          of: 'attempts of the last hour bear the identity of a key',
          next_step: `let the gateway log the key's id (never the key): ${listed(keyless)}`,
          missing: 'no attempts in the last hour',
        },
      )
    },
  },
  {
    id: 'priorities',
    layer: 'tenant and policy boundaries',
    decides: ['separation'],
    does: 'Traffic has priority classes, and every call to a pool has one.',
    judge: facts => {
      const pools = ofKind(facts, 'pool')
      const classes = new Set(facts.routes.flatMap(({ priorities }) => priorities))
      if (pools.length === 0) return undefined
      const share = judgeShare(
        { part: sumOf(pools, 'prioritised_attempts'), n: sumOf(pools, 'attempts'), least: MOST },
        { of: 'attempts at pools have a priority', next_step: PRIORITY_STEP, missing: 'no attempts at pools' },
      )
      if (share.word === 'yes' && classes.size < 2)
        return { word: 'no', evidence: `all have the one priority ${[...classes][0]}`, next_step: PRIORITY_STEP }
      return share.word === 'yes' ? { ...share, evidence: `${share.evidence}: ${listed([...classes].sort())}` } : share
    },
  },
  {
    id: 'budgets',
    layer: 'tenant and policy boundaries',
    decides: ['separation'],
    does: 'Every tenant has a budget.',
    judge: ({ tenants, budgetedTenants }) => {
      if (tenants.length === 0) return undefined
      const without = tenants.filter(({ tenant_id }) => !isBudgeted(budgetedTenants, tenant_id))
      return without.length === 0
        ? { word: 'yes', evidence: `all ${tenants.length} tenants with traffic have one`, next_step: '' }
        : {
            word: 'no',
            evidence: `${without.length} of ${tenants.length} tenants have none: ${listed(without.map(({ tenant_id }) => tenant_id))}`,
            next_step: 'write budgets into the billing terms (docs/budgets.md)',
          }
    },
  },
  {
    id: 'room',
    layer: 'dedicated pools',
    decides: ['early-warning'],
    does: 'Pools have room: a saturated minute is rare.',
    judge: ({ pools }) => {
      const told = pools.filter(one => one.forecast_minutes > 0)
      if (told.length === 0) return undefined
      const worst = told.toSorted((a, b) => b.saturated_minutes / b.forecast_minutes - a.saturated_minutes / a.forecast_minutes)[0]
      const share = worst === undefined ? 0 : worst.saturated_minutes / worst.forecast_minutes
      const hasRoom = share <= 1 - NEARLY_ALL
      return {
        word: hasRoom ? 'yes' : 'no',
        evidence: `${worst?.pool} was saturated in ${percent(share)} of its ${count(worst?.forecast_minutes ?? 0)} minutes, most of all`,
        next_step: hasRoom ? '' : `weir first says when ${worst?.pool} fills and by whom: add engines, or move or limit that traffic`,
      }
    },
  },
  {
    id: 'provider-policies',
    layer: 'external provider egress',
    decides: ['egress-policy'],
    does: 'Calls to providers go under a named policy.',
    judge: facts => {
      const providers = ofKind(facts, 'provider')
      if (providers.length === 0) return undefined
      return judgeShare(
        { part: sumOf(providers, 'policed_attempts'), n: sumOf(providers, 'attempts'), least: MOST },
        {
          of: 'attempts at providers bear the name of a policy',
          next_step: 'name the retry and fallback policy at the gateway and let it log the name',
          missing: 'no attempts at providers',
        },
      )
    },
  },
  {
    id: 'provider-fallback',
    layer: 'external provider egress',
    decides: ['egress-policy', 'early-warning'],
    does: 'When a provider fails, requests have somewhere else to go.',
    judge: ({ routes, traffic }) => {
      const providers = new Set(traffic.filter(one => one.upstream_kind === 'provider').map(one => one.upstream))
      const exposed = routes.filter(({ upstreams }) => upstreams.some(name => providers.has(name)))
      if (exposed.length === 0) return undefined
      const failures = exposed.reduce((all, one) => all + one.retried_requests + one.failed_at_once, 0)
      if (failures < LEAST_FAILURES) {
        return {
          word: 'cannot tell',
          evidence: `only ${failures} requests of routes to providers failed at first: too few to see what happens then`,
          next_step: 'wait for a failure, or rehearse one',
        }
      }
      const recovered = exposed.reduce((all, one) => all + one.recovered, 0)
      return judgeShare(
        { part: recovered, n: failures, least: 0.5 },
        {
          of: 'requests that failed at first were answered after all',
          next_step: 'weir verdict says which routes lose theirs: give them another target',
          missing: 'no failures',
        },
      )
    },
  },
]

import { type Check, count, judgeShare, percent } from './check.ts'
import { listed, MOST, NEARLY_ALL, ofKind, sumOf } from './check-words.ts'

/** Checks of the gateway entry layer and of inference-aware routing. */
export const entryChecks: readonly Check[] = [
  {
    id: 'named-routes',
    layer: 'gateway entry',
    decides: ['evolves', 'latency'],
    does: 'Every call passes a gateway that names its route.',
    judge: ({ traffic }) =>
      judgeShare(
        { part: sumOf(traffic, 'routed_attempts'), n: sumOf(traffic, 'attempts'), least: NEARLY_ALL },
        {
          of: 'attempts bear the name of a route',
          next_step: 'let the gateway log its route name (docs/sending.md)',
          missing: 'no attempts',
        },
      ),
  },
  {
    id: 'reported-tokens',
    layer: 'gateway entry',
    decides: ['generic-routing', 'latency'],
    does: 'The gateway tells tokens: it reads answers as inference, not as bytes.',
    judge: ({ traffic }) =>
      judgeShare(
        { part: sumOf(traffic, 'attempts') - sumOf(traffic, 'unknown_usage_attempts'), n: sumOf(traffic, 'attempts'), least: MOST },
        {
          of: 'attempts have a usage to trust',
          next_step: 'switch on usage in streams at the gateway (include_usage), and see weir gaps for whose is missing',
          missing: 'no attempts',
        },
      ),
  },
  {
    id: 'several-targets',
    layer: 'gateway entry',
    decides: ['evolves'],
    does: 'Routes stand between clients and upstreams: a model or provider can be changed without them.',
    judge: ({ routes }) => {
      const named = routes.filter(({ route, upstreams }) => route !== '' && upstreams.length > 0)
      const total = named.reduce((all, { requests }) => all + requests, 0)
      const movable = named.filter(({ upstreams, policies }) => upstreams.length > 1 || policies.length > 0)
      return judgeShare(
        { part: movable.reduce((all, { requests }) => all + requests, 0), n: total, least: 0.5 },
        {
          of: 'requests take a route with a second target or a policy',
          next_step: 'give the busiest routes a second backend or a named policy, so that a target can be exchanged behind them',
          missing: 'no named route carries requests',
        },
      )
    },
  },
  {
    id: 'engines-read',
    layer: 'inference-aware routing',
    decides: ['generic-routing', 'latency', 'early-warning'],
    does: 'The engines of every pool are read, so that queues and caches are known.',
    judge: facts => {
      const pools = facts.pools.filter(({ attempts, engines }) => attempts > 0 || engines > 0)
      const unread = ofKind(facts, 'pool').filter(({ upstream }) => !pools.some(one => one.pool === upstream && one.read_minutes > 0))
      if (pools.length === 0 && unread.length === 0) return undefined
      if (unread.length > 0) {
        const names = listed(unread.map(({ upstream }) => upstream))
        return { word: 'no', evidence: `no engine of ${names} is read`, next_step: `scrape ${names} (docs/scraping.md)` }
      }
      const minutes = pools.reduce((all, one) => all + one.minutes, 0)
      return judgeShare(
        { part: pools.reduce((all, one) => all + one.read_minutes, 0), n: minutes, least: MOST },
        { of: 'minutes of pools have readings', next_step: 'see why scrapes fail (docs/metrics.md)', missing: 'no minute of a pool' },
      )
    },
  },
  {
    id: 'even-queues',
    layer: 'inference-aware routing',
    decides: ['generic-routing'],
    does: 'No request waits at one engine while another of its pool is free.',
    judge: ({ uneven }) => {
      if (uneven.length === 0) return undefined
      const minutes = uneven.reduce((all, one) => all + one.minutes, 0)
      const bad = uneven.reduce((all, one) => all + one.uneven_minutes, 0)
      const worst = uneven.toSorted((a, b) => b.uneven_minutes / b.minutes - a.uneven_minutes / a.minutes)[0]
      const isEven = bad / minutes <= 1 - MOST
      return {
        word: isEven ? 'yes' : 'no',
        evidence: `in ${percent(bad / minutes)} of ${count(minutes)} minutes requests waited beside a free engine (most at ${worst?.pool})`,
        next_step: isEven ? '' : `route ${worst?.pool} by queue and cache: an InferencePool with an endpoint picker instead of round robin`,
      }
    },
  },
  {
    id: 'picker',
    layer: 'inference-aware routing',
    decides: ['generic-routing'],
    does: 'An endpoint picker chooses the engine by its state.',
    judge: facts => {
      const pools = ofKind(facts, 'pool').map(({ upstream }) => upstream)
      if (pools.length === 0) return undefined
      if (facts.pickers.length > 0)
        return { word: 'yes', evidence: `pickers report for ${listed(facts.pickers.map(one => one.pool || 'all pools'))}`, next_step: '' }
      return {
        word: 'cannot tell',
        evidence: 'no endpoint picker is read; there may be one',
        next_step: 'scrape the endpoint picker, or give --manifests so that InferencePools are seen',
      }
    },
  },
]

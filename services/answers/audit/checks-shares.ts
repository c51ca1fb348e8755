import { type Check, judgeShare } from './check.ts'
import { listed } from './check-words.ts'

/** Checks of who gets what at a pool, and of how something new is tried. Their facts are answers to questions about the last hours. */
export const shareChecks: readonly Check[] = [
  {
    id: 'canaries',
    layer: 'inference-aware routing',
    decides: ['evolves'],
    does: 'What is new is tried on a part of the traffic, and does no worse there.',
    judge: ({ rollouts }) => {
      // Without a split nothing says that there could not be one.
      if (rollouts.length === 0) return undefined
      const worse = rollouts.filter(({ state }) => state === 'worse')
      const good = { part: rollouts.length - worse.length, n: rollouts.length, least: 1 }
      return judgeShare(good, {
        of: 'upstreams and versions that share a route with another do no worse',
        next_step: `weir rollouts shows by what: take traffic back from ${listed(worse.map(({ canary }) => canary))}`,
        missing: '',
      })
    },
  },
  {
    id: 'priorities-honoured',
    layer: 'tenant and policy boundaries',
    decides: ['separation'],
    does: 'Where requests wait, a higher priority class waits less.',
    judge: ({ fairness }) => {
      const pairs = fairness.filter(({ kind }) => kind === 'priority')
      if (pairs.length === 0) return undefined
      const unheard = pairs.filter(({ state }) => state !== 'honoured')
      return judgeShare(
        { part: pairs.length - unheard.length, n: pairs.length, least: 1 },
        {
          of: 'pairs of classes at pools with a queue wait in the right order',
          next_step: `forward priorities to the engines of ${listed(unheard.map(({ pool }) => pool))} and let those sort by it`,
          missing: '',
        },
      )
    },
  },
  {
    id: 'fair-shares',
    layer: 'dedicated pools',
    decides: ['separation'],
    does: 'Where requests wait, no tenant goes short of its share.',
    judge: ({ fairness }) => {
      const pools = new Set(fairness.filter(({ kind }) => kind === 'share').map(({ pool }) => pool))
      if (pools.size === 0) return undefined
      const short = fairness.filter(({ state }) => state === 'short')
      const unfair = new Set(short.map(({ pool }) => pool))
      return judgeShare(
        { part: pools.size - unfair.size, n: pools.size, least: 1 },
        {
          of: 'pools with a queue leave nobody short',
          next_step: `weir fairness names who has more: limit it or give ${listed([...new Set(short.map(one => one.tenant_id))])} a pool`,
          missing: '',
        },
      )
    },
  },
]

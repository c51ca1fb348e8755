import { add, formatDecimal, parseDecimal } from '../../money/decimal.ts'
import type { Answer } from '../answer.ts'
import { countInWords } from '../in-words.ts'
import { isoTime } from '../settled-until.ts'
import { newcombe } from '../statistics/newcombe.ts'
import type { VerdictFinding } from '../verdict/judge-group.ts'
import type { Storm } from '../verdict/storms.ts'
import { type CapsuleFacts, PHASES, type Phase, type UpstreamFact, type WholeFact } from './facts.ts'

/** An incident in words and figures. */
export interface Capsule {
  readonly from: string
  readonly to: string
  /** What happened, in the order in which one would tell it. */
  readonly sentences: readonly string[]
  /** Figures of the phases: before, during, after; null: there was nothing to measure. */
  readonly figures: readonly { readonly name: string; readonly values: Readonly<Record<Phase, string | null>> }[]
  /** Answers of the time of the incident, as evidence. */
  readonly answers: readonly Answer[]
}

/** What the policies did: storms of the time, and verdicts. */
export interface PolicyFacts {
  readonly storms: readonly Storm[]
  readonly findings: readonly VerdictFinding[]
}

/** From this many more failures in a hundred on an upstream is said to have failed. */
const MORE_FAILURES = 0.05
/** Tenants told by name. */
const MOST_TENANTS = 4

/** Facts → the capsule. A pure function. */
export function buildCapsule(
  facts: CapsuleFacts,
  policies: PolicyFacts,
  { fromMs, toMs, answers }: { fromMs: number; toMs: number; answers: readonly Answer[] },
): Capsule {
  const whole = wholeOf(facts)
  const sentences = [
    opening(whole, { fromMs, toMs }),
    ...failures(facts),
    ...pools(facts),
    ...policySentences(policies),
    ...tenants(facts),
    money(facts),
    recovery(whole),
  ].filter(sentence => sentence !== '')
  return { from: isoTime(fromMs), to: isoTime(toMs), sentences, figures: figuresOf(facts, whole), answers }
}

type Wholes = Readonly<Partial<Record<Phase, WholeFact>>>
const wholeOf = ({ whole }: CapsuleFacts): Wholes => Object.fromEntries(whole.map(one => [one.phase, one]))

const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16)
const share = (part: number, n: number) => (n === 0 ? 'none' : `${((100 * part) / n).toFixed(1)} %`)
const seconds = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`)

function opening({ before, during }: Wholes, { fromMs, toMs }: { fromMs: number; toMs: number }): string {
  if (during === undefined) return `Nothing is settled from ${clock(fromMs)} to ${clock(toMs)} UTC.`
  const was = before === undefined ? '' : ` (before: ${share(before.failed, before.requests)})`
  const told = `${countInWords(during.failed)} of ${countInWords(during.requests)} requests were not answered`
  return `From ${clock(fromMs)} to ${clock(toMs)} UTC ${told}, ${share(during.failed, during.requests)}${was}.`
}

/** Upstreams that failed more than before, providers first, the worst first; only where it is no chance. */
function failures({ upstreams }: CapsuleFacts): string[] {
  const during = upstreams.filter(one => one.phase === 'during')
  const worse = during.flatMap(one => {
    const before = upstreams.find(
      other => other.phase === 'before' && other.upstream === one.upstream && other.upstream_kind === one.upstream_kind,
    )
    const was = before ?? { ...one, attempts: 0, failed: 0 }
    const { low } = newcombe({ count: one.failed, n: one.attempts }, { count: was.failed, n: was.attempts })
    const more = one.failed / one.attempts - (was.attempts === 0 ? 0 : was.failed / was.attempts)
    return more >= MORE_FAILURES && low > 0 ? [{ one, was, more }] : []
  })
  const isProvider = ({ upstream_kind }: UpstreamFact) => (upstream_kind === 'provider' ? 0 : 1)
  worse.sort((a, b) => isProvider(a.one) - isProvider(b.one) || b.more - a.more)
  return worse.map(({ one, was }) => {
    const what = one.upstream_kind === 'provider' ? `The provider ${one.upstream}` : `The pool ${one.upstream}`
    const classes = Object.entries(one.failed_by_class).sort((a, b) => b[1] - a[1])
    const mostly = classes.slice(0, 2).map(([name, n]) => `${countInWords(n)} ${name || 'unknown'}`)
    const rate = `${share(one.failed, one.attempts)} of ${countInWords(one.attempts)} attempts (before: ${share(was.failed, was.attempts)})`
    return `${what} failed ${rate}, mostly ${mostly.join(' and ')}.`
  })
}

function pools({ pools: all }: CapsuleFacts): string[] {
  return all
    .filter(one => one.phase === 'during' && (one.saturation_max ?? 0) >= 1)
    .map(one => {
      const before = all.find(other => other.phase === 'before' && other.pool === one.pool)
      const was = before?.saturation_max == null ? '' : ` (before: ${before.saturation_max.toFixed(2)})`
      const waiting = one.waiting_max === null ? '' : `, up to ${countInWords(one.waiting_max)} requests waited`
      const since = one.saturated_from_ms === 0 ? '' : ` from ${clock(one.saturated_from_ms)} on`
      const preempted = (one.preemptions ?? 0) > 0 ? `, ${countInWords(one.preemptions ?? 0)} were preempted` : ''
      return `The pool ${one.pool} was saturated${since}: saturation reached ${one.saturation_max?.toFixed(2)}${was}${waiting}${preempted}.`
    })
}

function policySentences({ storms, findings }: PolicyFacts): string[] {
  const stormy = storms.map(storm => {
    const policy = storm.policy || findings.find(one => one.route === storm.route)?.policy
    const retrier = policy ? `The policy ${policy}` : `What retries on ${storm.route || 'no route'}`
    const whose = storm.origin === 'clients' ? 'Clients that send again what failed' : retrier
    const load = `${storm.amplification.toFixed(1)} attempts a request (usual: ${storm.usual_amplification.toFixed(1)})`
    const success = `${(100 * storm.success).toFixed(0)} % of them answered (usual: ${(100 * storm.usual_success).toFixed(0)} %)`
    return `${whose} made it worse on ${storm.route || 'no route'}: ${load}, ${success}.`
  })
  const hurting = findings.filter(one => one.verdict === 'hurts' && one.collateral !== null && one.route === 'all routes')
  const fallbacks = hurting.map(one => `Falling back to ${one.to_upstream} cost more than it saved: ${one.sentence}`)
  return [...fallbacks, ...stormy]
}

/** Tenants whose requests failed more than before, by how many. */
function tenants({ tenants: all }: CapsuleFacts): string[] {
  const sumOf = (phase: Phase, tenant: string) => {
    const own = all.filter(one => one.phase === phase && one.tenant_id === tenant)
    return { requests: own.reduce((sum, one) => sum + one.requests, 0), failed: own.reduce((sum, one) => sum + one.failed, 0) }
  }
  const hurt = [...new Set(all.map(one => one.tenant_id))].flatMap(tenant => {
    const [during, before] = [sumOf('during', tenant), sumOf('before', tenant)]
    const usual = before.requests === 0 ? 0 : (before.failed / before.requests) * during.requests
    const more = during.failed - usual
    return more >= 1 ? [{ tenant, during, before, more }] : []
  })
  if (hurt.length === 0) return []
  hurt.sort((a, b) => b.more - a.more)
  const named = hurt
    .slice(0, MOST_TENANTS)
    .map(
      ({ tenant, during, before }) =>
        `${tenant} (${countInWords(during.failed)} of ${countInWords(during.requests)} failed, ` +
        `before ${share(before.failed, before.requests)})`,
    )
  const rest = hurt.length > MOST_TENANTS ? ` and ${hurt.length - MOST_TENANTS} more` : ''
  return [`Hurt most: ${named.join(', ')}${rest}.`]
}

/** What was paid for attempts that gave no answer, by currency. */
function money({ tenants: all }: CapsuleFacts): string {
  const during = all.filter(one => one.phase === 'during')
  const byCurrency = [...Map.groupBy(during, one => one.currency)].map(([currency, own]) => {
    const sum = (name: 'wasted_cost' | 'list_cost') => formatDecimal(add(...own.map(one => parseDecimal(one[name]))))
    return `${sum('wasted_cost')} of ${sum('list_cost')} ${currency}`
  })
  if (byCurrency.length === 0) return ''
  const tokens = during.reduce((sum, one) => sum + one.wasted_tokens, 0)
  return `Money: ${byCurrency.join(', ')} went to attempts that gave no answer (${countInWords(tokens)} tokens).`
}

function recovery({ before, after }: Wholes): string {
  if (after === undefined || after.requests === 0 || before === undefined) return ''
  const { low } = newcombe({ count: after.failed, n: after.requests }, { count: before.failed, n: before.requests })
  const was = share(before.failed, before.requests)
  const told = `${share(after.failed, after.requests)} of ${countInWords(after.requests)} requests failed (before: ${was})`
  return low > 0.01 ? `It is not over: afterwards ${told}.` : `It is over: afterwards ${told}.`
}

const byPhase = (of: (phase: Phase) => string | null) =>
  Object.fromEntries(PHASES.map(phase => [phase, of(phase)])) as Record<Phase, string | null>

function figuresOf({ tenants: all }: CapsuleFacts, whole: Wholes): Capsule['figures'] {
  const figure = (name: string, of: (one: WholeFact) => string | null) => ({
    name,
    values: Object.fromEntries(PHASES.map(phase => [phase, whole[phase] === undefined ? null : of(whole[phase])])) as Record<
      Phase,
      string | null
    >,
  })
  const costs = (name: string, column: 'list_cost' | 'wasted_cost') =>
    [...new Set(all.map(one => one.currency))].map(currency => ({
      name: `${name}, ${currency}`,
      values: byPhase(phase => {
        const own = all.filter(one => one.phase === phase && one.currency === currency)
        return own.length === 0 ? null : formatDecimal(add(...own.map(one => parseDecimal(one[column]))))
      }),
    }))
  return [
    figure('requests a minute', one => (one.requests / Math.max(1, one.minutes)).toFixed(1)),
    figure('requests not answered', one => `${countInWords(one.failed)} (${share(one.failed, one.requests)})`),
    figure('attempts per request', one => (one.requests === 0 ? null : (one.attempts_reported / one.requests).toFixed(2))),
    figure('recovered by retry', one => countInWords(one.recovered_by_retry)),
    figure('recovered by fallback', one => countInWords(one.recovered_by_fallback)),
    figure('duration, 95th percentile', one => (one.p95_ms === null ? null : seconds(one.p95_ms))),
    figure('first token, 95th percentile', one => (one.ttft_p95_ms === null ? null : seconds(one.ttft_p95_ms))),
    ...costs('list cost', 'list_cost'),
    ...costs('of it wasted', 'wasted_cost'),
  ]
}

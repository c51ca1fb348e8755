import type { Answer } from '../answer.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'
import { findBarredKeys, findEnumeration, findGuessing, findLowAndSlow } from './find-facts.ts'
import { findOddities } from './find-oddities.ts'
import type { Caller, CallerSlot, PlacePast, PlaceSlot, SuspectFinding, Suspicion, ThinDay } from './suspect.ts'
import { FACTS } from './suspect.ts'

/** All that suspects are judged by. `settledHours`: starts of the hours that are known, ms, the past among them. */
export interface SuspectInputs {
  readonly places: readonly PlaceSlot[]
  readonly placesBefore: readonly PlacePast[]
  readonly thinDays: readonly ThinDay[]
  readonly callerSlots: readonly CallerSlot[]
  readonly callers: readonly Caller[]
  readonly settledHours: readonly number[]
  readonly settled: SettledUntil
  readonly requests: number
}

/** Findings told. */
const MOST_TOLD = 50
/** Days of past without which nothing is usual. */
const LEAST_PAST_DAYS = 7

/** What is suspicious in the period, what is worst first. A pure function. Times are ms. */
export function explainSuspects(
  inputs: SuspectInputs,
  { fromMs, toMs, leastAmount }: { fromMs: number; toMs: number; leastAmount: number },
): Answer<SuspectFinding> {
  const found = [
    ...findBarredKeys(inputs.callerSlots),
    ...findGuessing(inputs.places, inputs.placesBefore),
    ...findEnumeration(inputs.callerSlots),
    ...findLowAndSlow(inputs.thinDays, fromMs),
    ...findOddities(inputs.callers, inputs.settledHours, { fromMs, toMs, leastAmount }),
  ].sort(worstFirst)
  const findings = found.slice(0, MOST_TOLD).map(findingOf)
  const young = inputs.callers.filter(({ hours }) => (hours[0]?.startMs ?? toMs) > fromMs - LEAST_PAST_DAYS * 86_400_000)
  const attacks = findings.filter(({ kind }) => kind !== 'wrong key')
  const isBlind = inputs.settled.untilMs === null
  return {
    question: 'suspects',
    from: isoTime(fromMs),
    to: isoTime(toMs),
    settled_until: isoTime(inputs.settled.untilMs),
    sentence: isBlind ? 'Nothing is settled in this period.' : sentenceOf(findings, found.length),
    confidence: isBlind ? 'cannot tell' : (findings[0]?.confidence ?? (young.length > 0 ? 'medium' : 'high')),
    is_calm: attacks.length === 0,
    findings,
    sample: { requests: inputs.requests, minutes: inputs.settled.windows },
    coverage: null,
    missing: [
      ...(isBlind ? ['settled minutes'] : []),
      ...(young.length > 0 ? [`seven days of past of ${young.length} of ${inputs.callers.length} keys: of these only rules are told`] : []),
      ...(inputs.callers.length === 0 && !isBlind ? ['keys: no gateway tells which key was used'] : []),
    ],
    would_change: findings.length === 0 ? null : 'a past in which this was usual, or an owner who says that it was meant',
    method: 'suspects',
  }
}

/** Facts, then what is unusual by what is at stake; a client with a wrong key last. Names decide ties. */
function worstFirst(a: Suspicion, b: Suspicion): number {
  const rank = ({ kind }: Suspicion) => (kind === 'wrong key' ? 2 : FACTS.some(fact => fact === kind) ? 0 : 1)
  const nameOf = (one: Suspicion) => JSON.stringify([one.kind, one.tenant_id, one.api_key_id, one.client_ip_prefix, one.fromMs])
  return rank(a) - rank(b) || (b.at_stake ?? 0) - (a.at_stake ?? 0) || b.attempts - a.attempts || (nameOf(a) < nameOf(b) ? -1 : 1)
}

function findingOf({ fromMs, toMs, evidence, confidence, ...one }: Suspicion): SuspectFinding {
  const [from, to] = [isoTime(fromMs), isoTime(toMs)]
  const who = [one.api_key_id === '' ? '' : `key ${one.api_key_id}`, one.tenant_id === '' ? '' : `of ${one.tenant_id}`]
  const whom = who.filter(part => part !== '').join(' ')
  const stake = one.at_stake === null || one.at_stake <= 0 ? '' : `; ${one.at_stake.toFixed(2)} ${one.currency} beyond what is usual`
  const hours = `${from.slice(0, 16)} to ${to.slice(0, 10) === from.slice(0, 10) ? to.slice(11, 16) : to.slice(0, 16)} UTC`
  const filters = {
    ...{ from, to, tenant_id: one.tenant_id, api_key_id: one.api_key_id, client_ip_prefix: one.client_ip_prefix },
    ...(['guessing', 'wrong key', 'barred key', 'low and slow'].includes(one.kind) && { error_class: 'auth' }),
  }
  const query = Object.entries(filters).filter(([, value]) => value !== '')
  return {
    sentence: `${one.kind}${whom === '' ? '' : `, ${whom}`}, ${hours}: ${evidence}${stake}.`,
    confidence,
    ...one,
    ...{ from, to, requests: `/v1/requests?${new URLSearchParams(query)}` },
  }
}

function sentenceOf(findings: readonly SuspectFinding[], count: number): string {
  const [first] = findings
  if (first === undefined) return 'Nothing suspicious: nobody guessed, and no key left what is usual for it.'
  return `${count === 1 ? 'One thing is' : `${count} things are`} suspicious: ${first.sentence}`
}

import { countInWords, timeInWords } from '../in-words.ts'
import type { EgressFinding } from './egress-finding.ts'

type Told = Omit<EgressFinding, 'sentence' | 'confidence'>

const ms = (value: number | null) => timeInWords(value ?? 0)
const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const placeOf = ({ provider, region }: Pick<Told, 'provider' | 'region'>) => `${provider}${region === '' ? '' : ` in ${region}`}`

/** What a finding says. */
export function findingSentence(one: Told): string {
  const where = `${placeOf(one)}${one.model === '' ? '' : ` with ${one.model}`}`
  const usual = `usual: ${percent(one.usual_share)}`
  const share = `${percent(one.failed_share)} of ${countInWords(one.attempts)} attempts`
  const refused = `${countInWords(one.rate_limited)} of ${countInWords(one.attempts)} attempts`
  const over = `${one.since} to ${one.until} and answers again`
  switch (one.state) {
    case 'not allowed':
      return breachSentence(one)
    case 'failing':
      return `${where} fails since ${one.since}: ${share} (${usual}), ${kindsOf(one)}; it is ${one.fault}${nextOf(one)}${roomOf(one)}.`
    case 'limited':
      return `${where} refuses for our rate since ${one.since}: ${refused}${nextOf(one)}${roomOf(one)}.`
    case 'recovered':
      return one.fault === 'our limit'
        ? `${where} refused for our rate from ${over}: ${refused}.`
        : `${where} failed from ${over}: ${share} (${usual}), ${kindsOf(one)}; it was ${one.fault}${nextOf(one)}.`
    case 'slow':
      return `${where} is slow${one.since === null ? '' : ` since ${one.since}`}: ${slowness(one)}${roomOf(one)}.`
    case 'healthy':
      return `${where} is healthy: ${share} failed (${usual})${roomOf(one)}.`
    case 'too little traffic':
      return `${where} had ${countInWords(one.attempts)} attempts: too few to say.`
  }
}

function breachSentence({ provider, region, attempts, breach }: Told): string {
  if (breach === null) return ''
  const { tenant_id, reason, tokens, cost, currency, first, last } = breach
  const what = `${countInWords(attempts)} attempts, ${countInWords(tokens)} tokens, ${cost} ${currency} from ${first} to ${last}`
  const why = {
    'provider not allowed': 'policy does not allow it that provider',
    'region not allowed': 'policy does not allow it that region',
    'region not told': 'policy allows it some regions, and the lines tell none',
  }[reason]
  return `${tenant_id} sent to ${placeOf({ provider, region })}: ${why} (${what}).`
}

function kindsOf({ errors, timeouts, unreached, unreached_by }: Told): string {
  const why = unreached_by.filter(one => one.kind !== 'not told').map(one => `${one.kind} ${countInWords(one.attempts)}`)
  const kinds = [
    [errors, 'errors'],
    [timeouts, 'timeouts'],
    [unreached, `not reached${why.length === 0 ? '' : ` (${why.join(', ')})`}`],
  ] as const
  return kinds
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${countInWords(n)} ${word}`)
    .join(', ')
}

function nextOf({ fallbacks }: Told): string {
  return fallbacks.length === 0
    ? ''
    : `; requests went on to ${fallbacks.map(to => `${to.upstream} (${countInWords(to.requests)})`).join(', ')}`
}

function roomOf({ headroom }: Told): string {
  const told = headroom.map(one => `${one.least}${one.limit > 0 ? ` of ${one.limit}` : ''} ${one.kind}`)
  return told.length === 0 ? '' : `; least that was left of our limits: ${told.join(', ')}`
}

function slowness({ ttft_p50_ms, usual_ttft_p50_ms, ttft_drift }: Told): string {
  const latest = ttft_drift === null ? '' : `, lately ${ttft_drift.toFixed(1)} times the usual`
  return `the median first token takes ${ms(ttft_p50_ms)} (usual: ${ms(usual_ttft_p50_ms)}${latest})`
}

/** What the answer says: the most pressing finding, and how many more there are. */
export function answerSentence(findings: readonly EgressFinding[]): string {
  const bad = findings.filter(one => one.state !== 'healthy' && one.state !== 'too little traffic')
  const names = new Set(findings.map(one => one.provider))
  if (bad.length === 0) return `All ${names.size} providers are healthy, as far as there is traffic.`
  const rest = bad.length > 1 ? ` (and ${bad.length - 1} more)` : ''
  return `${bad[0]?.sentence}${rest}`
}

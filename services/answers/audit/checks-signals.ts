import { type Check, judgeShare } from './check.ts'
import { MOST, NEARLY_ALL, ofKind, sumOf } from './check-words.ts'

/** Envoy's and Linkerd's retry budgets allow a fifth more load by retries (Gateway API GEP-3388): attempts per request of a bad minute. */
const BOUNDED_AMPLIFICATION = 1.5

/** Checks of what is measured, and of what keeps failures small. */
export const signalChecks: readonly Check[] = [
  {
    id: 'whole-cost',
    layer: 'observability and cost signals',
    decides: ['latency', 'egress-policy'],
    does: 'What is used at providers has a price and a usage.',
    judge: facts => {
      const providers = ofKind(facts, 'provider')
      if (providers.length === 0) return undefined
      const n = sumOf(providers, 'sent_attempts')
      const holes = sumOf(providers, 'unpriced_attempts') + sumOf(providers, 'unknown_usage_attempts')
      return judgeShare(
        { part: Math.max(0, n - holes), n, least: MOST },
        { of: 'attempts at providers have both', next_step: 'weir gaps lists what lacks which', missing: 'no attempts at providers' },
      )
    },
  },
  {
    id: 'first-token',
    layer: 'observability and cost signals',
    decides: ['latency'],
    does: 'Time to first token is measured.',
    judge: ({ traffic }) =>
      judgeShare(
        { part: sumOf(traffic, 'timed_requests'), n: sumOf(traffic, 'successful_requests'), least: 0.5 },
        {
          of: 'answered requests have a time to first token',
          next_step: 'let the gateway log the time to the first byte or token of streams',
          missing: 'no answered requests',
        },
      ),
  },
  {
    id: 'books',
    layer: 'observability and cost signals',
    decides: ['latency', 'early-warning'],
    does: 'What gateways send is read: nearly no line is refused, no source is parked.',
    judge: ({ books }) => {
      if (books.lines === 0)
        return { word: 'cannot tell', evidence: 'no lines were received', next_step: 'point a gateway at ingest (docs/sending.md)' }
      if (books.parked > 0)
        return { word: 'no', evidence: `${books.parked} sources are parked`, next_step: 'weir sources says why, and takes them up again' }
      return judgeShare(
        { part: books.lines - books.dead_letters, n: books.lines, least: NEARLY_ALL },
        { of: 'lines were read', next_step: 'GET /v1/completeness lists the refused lines with their reasons', missing: '' },
      )
    },
  },
  {
    id: 'seen-attempts',
    layer: 'reliability controls',
    decides: ['early-warning'],
    does: 'Retries are visible: gateways log the attempts that they make.',
    judge: ({ traffic }) => {
      const reported = sumOf(traffic, 'attempts_reported')
      return judgeShare(
        { part: reported - sumOf(traffic, 'unseen_attempts'), n: reported, least: MOST },
        {
          of: 'attempts that gateways counted have a line',
          next_step: 'log each try (Envoy: the upstream access log), else their cost and cause stay unknown',
          missing: 'no attempts',
        },
      )
    },
  },
  {
    id: 'bounded-retries',
    layer: 'reliability controls',
    decides: ['early-warning', 'generic-routing'],
    does: 'Retries are bounded: even in a bad minute they add less than half the load again.',
    judge: ({ routes }) => {
      const worst = routes.toSorted((a, b) => b.worst_amplification - a.worst_amplification)[0]
      if (worst === undefined || worst.worst_amplification === 0)
        return { word: 'cannot tell', evidence: 'no route has a minute with 30 requests', next_step: '' }
      const isBounded = worst.worst_amplification <= BOUNDED_AMPLIFICATION
      return {
        word: isBounded ? 'yes' : 'no',
        evidence: `worst minute: ${worst.worst_amplification.toFixed(2)} attempts a request on ${worst.route || 'no route'}`,
        next_step: isBounded
          ? ''
          : `give ${worst.route || 'it'} a retry budget of a tenth to a fifth; weir verdict says what its retries are worth`,
      }
    },
  },
  {
    id: 'forecast',
    layer: 'reliability controls',
    decides: ['early-warning'],
    does: 'Pools have a saturation and a forecast, minute by minute.',
    judge: ({ pools }) => {
      if (pools.length === 0) return undefined
      return judgeShare(
        {
          part: pools.reduce((all, one) => all + one.forecast_minutes, 0),
          n: pools.reduce((all, one) => all + one.minutes, 0),
          least: MOST,
        },
        { of: 'minutes of pools have one', next_step: 'scrape every engine at least every 15 s', missing: 'no minute of a pool' },
      )
    },
  },
]

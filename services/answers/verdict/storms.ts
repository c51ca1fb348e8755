import { median, type ResilienceMinute, total } from './minutes.ts'

/** Retries that grow while fewer answers come out. */
export interface Storm {
  readonly route: string
  /** First and last minute of it, ms. */
  readonly from_ms: number
  readonly until_ms: number
  /** Attempts per request of its worst minute, and as usual. */
  readonly amplification: number
  readonly usual_amplification: number
  /** Answers per attempt of that minute, and as usual. */
  readonly success: number
  readonly usual_success: number
  /** gateway: it made further attempts; clients: they sent more requests than usual while these failed. */
  readonly origin: 'gateway' | 'clients'
}

/** Further attempts per request from which a minute may be one of a storm: the retry budgets of Envoy and Linkerd are a fifth. */
const LEAST_RETRIES = 0.2
const TIMES_USUAL = 3
/** Requests of a minute under which its ratios are left to chance. */
const LEAST_REQUESTS = 20
/** Answers per attempt have to fall by a tenth of what is usual. */
const LESS_SUCCESS = 0.9
/** First attempts grow by less than a third: more is a burst, and the load explains the failures. */
const MOST_GROWTH = 1.33

/** Storms of the routes, in order of their starts. `rows`: of the period and the time before it, of one minute each. */
export function findStorms(rows: readonly ResilienceMinute[], fromMs: number): Storm[] {
  const byRoute = Map.groupBy(rows, row => row.route)
  const storms = [...byRoute].flatMap(([route, own]) => stormsOf(route, own, fromMs))
  return storms.sort((a, b) => a.from_ms - b.from_ms || (a.route < b.route ? -1 : 1))
}

interface Minute {
  at_ms: number
  requests: number
  retries: number
  success: number
}

function stormsOf(route: string, rows: readonly ResilienceMinute[], fromMs: number): Storm[] {
  const minutes = [...Map.groupBy(rows, row => row.at_ms)].map(([at_ms, own]): Minute => {
    const [requests, attempts] = [total(own, 'requests'), total(own, 'attempts_reported')]
    const answered = requests - total(own, 'failed_after_all') - total(own, 'failed_at_once')
    return {
      at_ms,
      requests,
      retries: requests === 0 ? 0 : Math.max(0, attempts / requests - 1),
      success: answered / Math.max(1, attempts, requests),
    }
  })
  minutes.sort((a, b) => a.at_ms - b.at_ms)
  const usual = {
    retries: median(minutes.map(one => one.retries)) ?? 0,
    success: median(minutes.map(one => one.success)) ?? 1,
    requests: median(minutes.map(one => one.requests)) ?? 0,
  }
  const stormy = minutes.filter(one => one.at_ms >= fromMs && isStormy(one, usual))
  return runsOf(stormy).map(run => stormOf(route, run, usual))
}

type Usual = Pick<Minute, 'retries' | 'success' | 'requests'>

function isStormy({ requests, retries, success }: Minute, usual: Usual): boolean {
  const isMore = retries > Math.max(LEAST_RETRIES, TIMES_USUAL * usual.retries)
  return requests >= LEAST_REQUESTS && isMore && success < LESS_SUCCESS * usual.success
}

/** Minutes that follow each other, a gap of one between them allowed. */
function runsOf(minutes: readonly Minute[]): Minute[][] {
  const runs: Minute[][] = []
  for (const minute of minutes) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run && last && minute.at_ms - last.at_ms <= 120_000) run.push(minute)
    else runs.push([minute])
  }
  return runs
}

function stormOf(route: string, run: readonly Minute[], usual: Usual): Storm {
  const worst = run.reduce((most, one) => (one.retries > most.retries ? one : most))
  return {
    route,
    from_ms: run[0]?.at_ms ?? 0,
    until_ms: (run.at(-1)?.at_ms ?? 0) + 60_000,
    amplification: 1 + worst.retries,
    usual_amplification: 1 + usual.retries,
    success: worst.success,
    usual_success: usual.success,
    origin: worst.requests > MOST_GROWTH * usual.requests && worst.requests / usual.requests > 1 + worst.retries ? 'clients' : 'gateway',
  }
}

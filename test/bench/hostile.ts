/** A hostile sender beside good ones: `node test/bench/hostile.ts --help`. */
import { parseArgs } from 'node:util'
import { RandomStream } from '../../services/demo/simulation/random.ts'
import { delay } from '../../services/platform/clock.ts'
import { hostileBodies } from '../fakes/hostile-bodies.ts'
import { type LoadResult, runLoad } from './spine/load.ts'
import { tableOf } from './spine/results.ts'
import { openStandaloneProcess, type StandaloneProcess } from './spine/standalone-process.ts'

const USAGE = `Usage: node test/bench/hostile.ts [options]

Starts all of Weir with the embedded log and the embedded ClickHouse, sends it good lines at a steady rate and beside
them, at random moments, what has stopped it or held it up once. Prints how long health took to answer, memory, and
whether the totals of the good are exact. Ends with 1 when they are not.

  --seconds N     length (default 300)
  --rate N        good lines per second (default 1000)
  --pause N       mean pause between two hostile bodies, ms (default 400)
  --seed N        of the order and the moments (default: the time, printed)
`

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    rate: { type: 'string', default: '1000' },
    pause: { type: 'string', default: '400' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean', default: false },
  },
})
/** One attempt a line, of tenants that the hostile sender does not name. */
const GATEWAYS = ['weir']
const PROBE_EVERY_MS = 100

if (values.help) console.log(USAGE)
else process.exitCode = (await main()) ? 0 : 1
process.exit()

async function main(): Promise<boolean> {
  const seed = Number(values.seed)
  process.stderr.write(`seed ${seed}, ${values.seconds} s\n`)
  await using weir = await openStandaloneProcess()
  const answers = new Map<string, number>()
  let probes: number[] = []
  const load = await runLoad(
    weir,
    { linesPerSecond: Number(values.rate), seconds: Number(values.seconds), gateways: GATEWAYS },
    undefined,
    async signal => {
      const probing = probe(weir, signal)
      await attack(weir, new RandomStream(seed, 'hostile'), answers, signal)
      probes = await probing
    },
  )
  const good = await goodAttempts(weir)
  const isExact = good === load.sent.accepted
  console.log(tableOf([...answers].sort().map(([answer, bodies]) => ({ answer, bodies }))))
  console.log(`\n${tableOf([summaryOf(load, probes, good)])}`)
  if (!isExact) console.log(`\n${load.sent.accepted} good lines were answered 202, ${good} are in the totals`)
  return isExact && load.drain_s !== null
}

async function attack(weir: StandaloneProcess, random: RandomStream, answers: Map<string, number>, signal: AbortSignal): Promise<void> {
  const bodies = hostileBodies(Date.now)
  while (!signal.aborted) {
    const body = bodies[random.below(bodies.length)] as (typeof bodies)[number]
    const answer = await fetch(`${weir.ingestUrl}${body.path}`, {
      method: 'POST',
      headers: body.headers,
      body: new Uint8Array(body.bytes()),
    }).then(
      async one => `${one.status} ${(await one.text()) && ''}${body.name}`,
      error => `no answer (${error}) ${body.name}`,
    )
    answers.set(answer, (answers.get(answer) ?? 0) + 1)
    await delay(2 * random.unit() * Number(values.pause), signal)
  }
}

/** Milliseconds that each probe of ingest and of the API took, one pair after the other. */
async function probe(weir: StandaloneProcess, signal: AbortSignal): Promise<number[]> {
  const took: number[] = []
  while (!signal.aborted) {
    for (const url of [weir.ingestUrl, weir.apiUrl]) {
      const startedMs = performance.now()
      const isWell = await fetch(`${url}/healthz`).then(
        answer => answer.ok,
        () => false,
      )
      took.push(isWell ? performance.now() - startedMs : Number.POSITIVE_INFINITY)
    }
    await delay(PROBE_EVERY_MS, signal)
  }
  return took
}

async function goodAttempts(weir: StandaloneProcess): Promise<number> {
  const period = { from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 60_000).toISOString() }
  const answer = await fetch(`${weir.apiUrl}/v1/usage?${new URLSearchParams({ ...period, group_by: 'tenant_id', limit: '10000' })}`)
  const { rows } = (await answer.json()) as { rows: { tenant_id: string; attempts: number }[] }
  return rows.filter(({ tenant_id }) => tenant_id !== 'hostile').reduce((sum, { attempts }) => sum + attempts, 0)
}

function summaryOf(load: LoadResult, probes: readonly number[], good: number) {
  const sorted = probes.toSorted((a, b) => a - b)
  const half = load.looks.slice(Math.floor(load.looks.length / 2))
  return {
    good_accepted: load.sent.accepted,
    good_settled: good,
    refusals: load.sent.refusals,
    drain_s: load.drain_s,
    probes: probes.length,
    probe_p99_ms: Math.round(sorted[Math.floor(0.99 * sorted.length)] ?? 0),
    probe_max_ms: Math.round(sorted.at(-1) ?? 0),
    node_mb_first_half: Math.max(...load.looks.slice(0, load.looks.length - half.length).map(look => look.node_mb)),
    node_mb_second_half: Math.max(...half.map(look => look.node_mb)),
  }
}

/**
 * A loaded run during which worker, settle, ingest and ClickHouse are killed with SIGKILL, each several times, at random moments and side
 * by side, while a hostile sender does its worst. Whatever the log, afterwards every figure of the others equals the simulator's truth
 * and the books balance.
 */
import assert from 'node:assert/strict'
import { ACCESS_LOG_TOPIC, WINDOW_TOUCHED_TOPIC, WORKER_GROUP } from '../../schemas/topics.ts'
import { RandomStream } from '../../services/demo/simulation/random.ts'
import type { EmbeddedClickHouse } from '../../services/platform/clickhouse/embedded.ts'
import { delay } from '../../services/platform/clock.ts'
import type { EventLog } from '../../services/platform/event-log/port.ts'
import { SETTLE_GROUP } from '../../services/settle/run-settle.ts'
import { simulateTraffic } from '../journey/simulated-traffic.ts'
import { committedOf, untilDrained } from './drained.ts'
import { startHostile } from './hostile-load.ts'
import { checkFigures } from './kill-checks.ts'
import { bodiesOf, startLoad } from './kill-load.ts'
import type { Processes, ServiceName } from './processes.ts'

/** What a run works on. All of it is running but the services. */
export interface KillRig {
  eventLog: EventLog
  clickhouse: EmbeddedClickHouse
  processes: Processes
}

/**
 * Each is killed so often: often enough to find what is wrong now and then only where WEIR_TEST_KILLS says so
 * (`npm test -- kills`: ten times).
 */
export const KILLS = Number(process.env['WEIR_TEST_KILLS'] ?? 2)
const SIMULATED_MINUTES = 12
/** Of the traffic; the moments have a seed of their own. */
const TRAFFIC_SEED = 31
/**
 * Longest time that a service may take to make progress after it was killed, ms: rejoining its group, while ClickHouse is killed as well.
 */
const RECOVERY_MS = 45_000
const DRAINED_WITHIN_MS = 120_000
/** The only reasons for which a service may end by itself here: what it needs at its start was killed. */
const EXPECTED_ENDS = ['CLICKHOUSE_UNAVAILABLE', 'EVENT_LOG_UNAVAILABLE']

/** Plays the run and checks what it came to. `seed` decides the moments; `say` is told what was killed when. */
export async function testKillRun(seed: number, rig: KillRig, say: (message: string) => void): Promise<void> {
  assert.ok(KILLS >= 1, 'WEIR_TEST_KILLS is a number of at least 1: without a kill this shows nothing')
  say(`seed ${seed}`)
  const traffic = simulateTraffic({ seed: TRAFFIC_SEED, minutes: SIMULATED_MINUTES, nowMs: Date.now() })
  const { eventLog, clickhouse, processes } = rig
  for (const service of ['ingest', 'worker', 'settle'] as const) processes.start(service)
  const load = startLoad(bodiesOf(traffic), processes)
  const hostile = startHostile(processes)
  const moments = (name: string) => new RandomStream(seed, `kill-${name}`)
  const settled = () => committedOf(eventLog, WINDOW_TOUCHED_TOPIC, SETTLE_GROUP)
  const services: readonly (readonly [ServiceName, () => Promise<number>])[] = [
    ['worker', () => committedOf(eventLog, ACCESS_LOG_TOPIC, WORKER_GROUP)],
    ['settle', settled],
    ['ingest', () => Promise.resolve(load.acceptedBodies())],
  ]
  const killed = await Promise.all([
    ...services.map(([service, done]) => killService(service, done, moments(service), { processes, say })),
    killClickHouse(clickhouse, settled, moments('clickhouse'), { processes, say }),
  ])
  assert.deepEqual(killed, [KILLS, KILLS, KILLS, KILLS])
  const attacked = await hostile.finish()
  assert.ok(attacked.parkedLines > 0, 'the hostile sender was heard')
  assert.deepEqual(attacked.faults, [])
  const sent = await load.finish()
  say(`${sent.bodies} bodies taken, ${sent.refused} sent again because they were not answered 202`)
  await untilDrained(eventLog, DRAINED_WITHIN_MS, processes.lastWords)
  for (const { service, errorCode } of processes.ownEnds)
    assert.ok(EXPECTED_ENDS.includes(errorCode), `${service}: ${errorCode}\n${processes.lastWords()}`)
  await checkFigures(traffic, { bodies: bodiesOf(traffic), sent, parkedLines: attacked.parkedLines }, rig)
}

interface Context {
  processes: Processes
  say: (message: string) => void
}

/**
 * Kills a service again and again, each time at a random moment after it has done something, so that every kill meets a process at work.
 */
async function killService(
  service: ServiceName,
  done: () => Promise<number>,
  random: RandomStream,
  { processes, say }: Context,
): Promise<number> {
  let kills = 0
  while (kills < KILLS) {
    const before = await done()
    await until(
      async () => (await done()) > before,
      () => `${service} made no progress within ${RECOVERY_MS} ms\n${processes.lastWords()}`,
    )
    await delay(random.below(1_000))
    if ((await processes.killAndRestart(service)) === undefined) continue
    kills++
    say(`killed ${service} (${kills})`)
  }
  return kills
}

/** Kills ClickHouse, each time after a window could be settled: on a slow machine it would else always be gone before the first is. */
async function killClickHouse(
  clickhouse: EmbeddedClickHouse,
  done: () => Promise<number>,
  random: RandomStream,
  { processes, say }: Context,
): Promise<number> {
  let kills = 0
  while (kills < KILLS) {
    const before = await done()
    await until(
      () => isUp(clickhouse),
      () => `ClickHouse did not come back within ${RECOVERY_MS} ms\n${processes.lastWords()}`,
    )
    await until(
      async () => (await done()) > before,
      () => `nothing was settled within ${RECOVERY_MS} ms\n${processes.lastWords()}`,
    )
    await delay(500 + random.below(4_000))
    process.kill(clickhouse.pid() as number, 'SIGKILL')
    kills++
    say(`killed ClickHouse (${kills})`)
    await until(
      async () => !(await isUp(clickhouse)),
      () => 'ClickHouse was killed and still answers',
    )
  }
  return kills
}

async function isUp({ url }: EmbeddedClickHouse): Promise<boolean> {
  return await fetch(`${url}/ping`).then(
    answer => answer.ok,
    () => false,
  )
}

async function until(condition: () => Promise<boolean>, explain: () => string): Promise<void> {
  const giveUpAtMs = performance.now() + RECOVERY_MS
  while (!(await condition())) {
    if (performance.now() > giveUpAtMs) throw new Error(explain())
    await delay(20)
  }
}

/** The seed that WEIR_TEST_SEED names, to play a failed run's moments again, or a new one. */
export function seedOfRun(): number {
  return Number(process.env['WEIR_TEST_SEED'] ?? Date.now() % 1_000_000)
}

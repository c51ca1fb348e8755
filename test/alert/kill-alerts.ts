/** Kills alerting at every step of deciding, writing, sending and recording, again and again, and says what arrived. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WINDOW_SETTLED_TOPIC } from '../../schemas/topics.ts'
import { delay } from '../../services/platform/clock.ts'
import type { EventLog } from '../../services/platform/event-log/port.ts'
import type { ChildLog } from '../platform/event-log/child.ts'
import type { CrashPoint, KillTask } from './kill-child.ts'

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url))
const STEPS = ['before-write', 'after-write', 'before-send', 'after-send'] as const
/** A child that does not come to its step is killed after so long, ms. */
const AT_MOST_MS = 20_000
/** The last one has all that is left to tell. */
const LAST_AT_MOST_MS = 120_000

interface Arrived {
  readonly id: string
  readonly reason: string
  readonly firing: readonly string[]
  readonly resolved: readonly string[]
}

/** What a run saw: kills, and messages as they arrived, repetitions included. */
export interface KillOutcome {
  readonly kills: number
  readonly arrived: readonly Arrived[]
  readonly repeated: number
}

/**
 * Each round one more pool fills up, and those that were told of recover, while a process that will kill itself at some step is the only
 * one to tell of it. In the end one lives. Asserts that each pool's page and its end arrived, in this order, and that what arrived again
 * has the same id.
 */
export async function killAlerts(
  kills: number,
  { log, eventLog, directory }: { log: ChildLog; eventLog: EventLog; directory: string },
): Promise<KillOutcome> {
  const arrived: Arrived[] = []
  await using inbox = await openInbox(arrived)
  const worldFile = join(directory, 'world.json')
  const wasTold = (pool: string, what: 'firing' | 'resolved') => arrived.some(one => one[what].includes(pool))
  const pools: string[] = []
  let settledUntilMs = 60_000
  const say = async () => {
    settledUntilMs += 60_000
    writeFileSync(`${worldFile}.new`, JSON.stringify({ settledUntilMs, full: pools.filter(pool => !wasTold(pool, 'firing')) }))
    renameSync(`${worldFile}.new`, worldFile)
    const settled = Array.from({ length: 8 }, (_, partition) => ({ partition, value: Buffer.from('{}') }))
    await eventLog.append(WINDOW_SETTLED_TOPIC, settled)
  }
  const live = async (crash: CrashPoint, isOver: () => boolean) => {
    await say()
    const child = startChild({ log, worldFile, receiverUrl: inbox.url, crash })
    const ended = once(child, 'exit')
    const giveUpAtMs = performance.now() + (crash.step === 'never' ? LAST_AT_MOST_MS : AT_MOST_MS)
    while (child.exitCode === null && child.signalCode === null && performance.now() < giveUpAtMs && !isOver()) {
      await delay(50)
      await say()
    }
    child.kill('SIGKILL')
    await ended
    assert.equal(child.signalCode, 'SIGKILL')
  }
  for (let round = 0; round < kills; round++) {
    pools.push(`pool-${round}`)
    const nth = 1 + (Math.floor(round / STEPS.length) % 4)
    await live({ step: STEPS[round % STEPS.length] as CrashPoint['step'], nth }, () => false)
  }
  const areAllTold = () => pools.every(pool => wasTold(pool, 'firing') && wasTold(pool, 'resolved'))
  await live({ step: 'never', nth: 0 }, areAllTold)
  return { kills, arrived, repeated: check(arrived, pools) }
}

function startChild(task: KillTask): ChildProcess {
  return spawn(process.execPath, [CHILD, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function openInbox(arrived: Arrived[]): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      if (!request.complete) return
      arrived.push(JSON.parse(body))
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** How many arrived more than once. */
function check(arrived: readonly Arrived[], pools: readonly string[]): number {
  for (const pool of pools) {
    const [begun, ended] = (['firing', 'resolved'] as const).map(what => arrived.findIndex(one => one[what].includes(pool)))
    assert.ok(begun !== undefined && begun >= 0, `${pool}: its page did not arrive`)
    assert.ok(ended !== undefined && ended >= 0, `${pool}: its end did not arrive`)
    assert.ok(ended > begun, `${pool}: its end arrived before its page`)
  }
  const byId = Map.groupBy(arrived, ({ id }) => id)
  for (const same of byId.values()) for (const one of same) assert.deepEqual(one, same[0])
  const firstPages = [...byId.values()].map(([one]) => one).filter(one => one?.reason === 'first')
  for (const pool of pools) assert.equal(firstPages.filter(one => one?.firing.includes(pool)).length, 1, `${pool} was paged under two ids`)
  return arrived.length - byId.size
}

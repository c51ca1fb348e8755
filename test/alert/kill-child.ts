/**
 * A process of alert that kills itself (SIGKILL) at a step of its work. Its argument is JSON. Readings come from a file that the parent
 * writes; messages go to the parent by HTTP.
 */
import { readFileSync } from 'node:fs'
import { ALERT_TOPIC } from '../../schemas/topics.ts'
import type { Receiver } from '../../services/alert/receivers/receiver.ts'
import { openEmbeddedEventLog } from '../../services/platform/event-log/embedded.ts'
import { openKafkaEventLog } from '../../services/platform/event-log/kafka.ts'
import type { EventLog } from '../../services/platform/event-log/port.ts'
import type { ChildLog } from '../platform/event-log/child.ts'
import { aGroup, aRule, ofPool, startAlert, type World } from './alerting.ts'

/** Where a child kills itself: before or after the n-th append to the alert topic, or the n-th message. */
export interface CrashPoint {
  readonly step: 'before-write' | 'after-write' | 'before-send' | 'after-send' | 'never'
  readonly nth: number
}

export interface KillTask {
  readonly log: ChildLog
  readonly worldFile: string
  readonly receiverUrl: string
  readonly crash: CrashPoint
}

const task = JSON.parse(process.argv[2] ?? '') as KillTask
const counts = new Map<string, number>()

/** Counts a step and dies there when it is the one. */
function pass(step: CrashPoint['step']): void {
  const count = (counts.get(step) ?? 0) + 1
  counts.set(step, count)
  if (task.crash.step === step && task.crash.nth === count) process.kill(process.pid, 'SIGKILL')
}

async function openLog(): Promise<EventLog> {
  const { log } = task
  if (log.kind === 'embedded') return await openEmbeddedEventLog({ directory: log.directory }, { now: Date.now })
  return await openKafkaEventLog(log)
}

const eventLog = await openLog()
const dying: EventLog = {
  ...eventLog,
  epoch: eventLog.epoch,
  async append(topic, records) {
    if (topic === ALERT_TOPIC) pass('before-write')
    await eventLog.append(topic, records)
    if (topic === ALERT_TOPIC) pass('after-write')
  },
}
const receiver: Receiver = {
  name: 'on-call',
  kind: 'test',
  async send({ id, reason, alerts }) {
    pass('before-send')
    const poolsThat = (status: 'firing' | 'resolved') => alerts.filter(alert => alert.status === status).map(({ labels }) => labels['pool'])
    const body = JSON.stringify({ id, reason, firing: poolsThat('firing'), resolved: poolsThat('resolved') })
    const answer = await fetch(task.receiverUrl, { method: 'POST', body }).catch(() => undefined)
    pass('after-send')
    return answer?.ok ? { outcome: 'delivered', status: 200, detail: 'ok' } : { outcome: 'retry', status: null, detail: 'no answer' }
  },
}
const world: World = {
  ...{ settledUntilMs: 0, isComplete: true, fault: undefined },
  readings: new Map(),
}
function look(): void {
  const said = JSON.parse(readFileSync(task.worldFile, 'utf8')) as { settledUntilMs: number; full: string[] }
  world.settledUntilMs = said.settledUntilMs
  world.readings = new Map([['pool-full', said.full.map(pool => ofPool(pool, 50))]])
}
look()
setInterval(look, 20)
const group = aGroup([aRule({ name: 'pool-full' })], { group_by: ['pool'] })
const alert = await startAlert({ group, world, receivers: [receiver] }, { eventLog: dying })
process.stdout.write('reading\n')
await alert.stopped

/** What must hold after a kill run. */
import assert from 'node:assert/strict'
import { ACCESS_LOG_TOPIC } from '../../schemas/topics.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import type { EventLog } from '../../services/platform/event-log/port.ts'
import { costsFrom, expectedCosts, expectedPools, expectedUsage, usageFrom } from '../journey/expected-figures.ts'
import { type ApiAnswer, readApi } from '../journey/http.ts'
import type { SimulatedTraffic } from '../journey/simulated-traffic.ts'
import type { Body, Sent } from './kill-load.ts'
import type { Processes } from './processes.ts'

interface Completeness {
  dead_letters: number
  parked_lines: number
  conflicts: number
  duplicates: number
  attempts: number
  attempts_rows: number
  unsettled_windows: number
  latest_dead_letters: { line: string }[]
  balance: {
    topic: string
    partition: number
    messages: number
    lines: number
    accepted_lines: number
    dead_letters: number
    rows: number
    rows_found: number
    rows_ahead: number
    is_balanced: boolean
  }[]
}

/**
 * Reads everything back over HTTP and compares it with the truth, the ledger with the log, and the dead letters with
 * the lines that nobody can read.
 */
export async function checkFigures(
  traffic: SimulatedTraffic,
  { bodies, sent, parkedLines }: { bodies: readonly Body[]; sent: Sent; parkedLines: number },
  { eventLog, processes }: { eventLog: EventLog; processes: Processes },
): Promise<void> {
  processes.start('api')
  const address = await processes.address('api')
  const period = { from: new Date(traffic.fromMs).toISOString(), to: new Date(Date.now() + MINUTE).toISOString() }
  const read = async (path: string, group_by: string) =>
    (await readApi<ApiAnswer>(address, path, { ...period, group_by, limit: '10000' })).rows
  assert.deepEqual(usageFrom(await read('/v1/usage', 'tenant_id,route,request_model')), expectedUsage(traffic.requests))
  assert.deepEqual(costsFrom(await read('/v1/usage', 'tenant_id,route,upstream_kind,upstream')), expectedCosts(traffic.requests))
  const pools = expectedPools(traffic.readings)
  for (const row of await read('/v1/saturation', 'pool')) {
    const { samples, running_max, waiting_max } = pools[String(row['pool'])] ?? {}
    assert.deepEqual([row['samples'], row['running_max'], row['waiting_max']], [samples, running_max, waiting_max])
  }
  const answer = await readApi<Completeness>(address, '/v1/completeness', { ...period, limit: '1000' })
  assert.equal(answer.unsettled_windows, 0)
  assert.equal(answer.conflicts, 0, 'a resend is the same line, never a conflict')
  assert.equal(answer.attempts_rows, answer.attempts + answer.duplicates)
  await checkBalance(answer, { ...sent, parkedLines }, eventLog)
  const poisons = new Set(answer.latest_dead_letters.map(letter => letter.line))
  const sentPoisons = bodies.flatMap(body => body.text.split('\n').filter(line => line.startsWith('{"poison"')))
  assert.deepEqual([...poisons].sort(), sentPoisons.sort(), 'every line that nobody can read is a dead letter, and no other line is')
}

/** received = attempts rows + dead letters: the log's own messages, the ledger and the tables tell the same, partition by partition. */
async function checkBalance(
  { balance, dead_letters, parked_lines }: Completeness,
  sent: Sent & { parkedLines: number },
  eventLog: EventLog,
): Promise<void> {
  for (const partition of balance) assert.ok(partition.is_balanced && partition.rows_ahead === 0, JSON.stringify(partition))
  const lines = balance.filter(partition => partition.topic === ACCESS_LOG_TOPIC)
  for (const { partition, first, end } of await eventLog.offsets(ACCESS_LOG_TOPIC)) {
    const messages = lines.find(entry => entry.partition === partition)?.messages ?? 0
    assert.equal(messages, end - first, `messages of partition ${partition} in the ledger`)
  }
  const received = lines.reduce((sum, partition) => sum + partition.lines, 0)
  assert.equal(received, lines.reduce((sum, partition) => sum + partition.accepted_lines, 0) + dead_letters + parked_lines)
  // More when a body reached the log but its answer did not reach the sender; fewer would be lines lost after a 202.
  assert.ok(received - parked_lines >= sent.lines, `${received - parked_lines} lines are in the log, ${sent.lines} were answered 202`)
  assert.ok(parked_lines >= sent.parkedLines, `${parked_lines} lines are kept aside, ${sent.parkedLines} were answered 202`)
}

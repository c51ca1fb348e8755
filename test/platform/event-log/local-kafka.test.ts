import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually, startProgram } from './harness.ts'
import { skipWithoutJava } from './kafka-broker.ts'

test('a local Kafka ends when the process that started it is killed', { skip: await skipWithoutJava() }, async () => {
  await using parent = startProgram('local-kafka-parent.ts')
  await eventually('Kafka runs', () => parent.lines.length === 1)
  const pid = Number(parent.lines[0]?.split(' ')[0])
  assert.ok(isRunning(pid))
  await parent.kill()
  await eventually('Kafka is gone', () => !isRunning(pid))
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { questions } from '../../../services/answers/questions.ts'
import { answerCommand } from '../../../services/cli/answers/answer-command.ts'
import { insertRows, publish, usageRow } from '../../api/fixture.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { runTool } from '../run-tool.ts'

const NOW = { nowMs: Date.parse('2026-01-31T09:59:30Z') }
const commandOf = (name: string) => {
  const question = questions.find(one => one.name === name)
  assert.ok(question, name)
  return answerCommand(question)
}

test('every question can be asked as a command, and says that nothing is there on an empty installation', async t => {
  const database = await openTestClickHouse(t)
  for (const { name } of questions) {
    const run = await runTool(commandOf(name), [], database, NOW)
    assert.equal(run.code, 0, run.err)
    assert.match(run.out, /confidence: cannot tell/, name)
    assert.match(run.out, /nothing settled/, name)
  }
})

test('an answer on paper is the sentence, its findings and how far the figures go; as JSON it is what the API gives', async t => {
  const database = await openTestClickHouse(t)
  await publish(database.clickhouse, '09:00', 1)
  const rows = [usageRow('09:00', 'acme', { attempts: 5, unpriced_attempts: 2 }), usageRow('09:00', 'globex', { attempts: 3 })]
  await insertRows(database.clickhouse, 'usage_per_minute', rows)
  const text = (await runTool(commandOf('gaps'), ['--since', '6h'], database, NOW)).out
  assert.match(text, /^2 of 8 attempts of one tenant/)
  assert.match(text, / {2}- acme, .*: of 5 attempts 2 without a price in force\./)
  assert.match(text, /from 2026-01-31T03:59:30Z to 2026-01-31T10:00:00Z, settled until 2026-01-31T09:01:00Z/)
  const json = (await runTool(commandOf('gaps'), ['--tenant', 'globex', '--format', 'json'], database, NOW)).out
  assert.equal(JSON.parse(json).sentence, 'All 3 attempts have a price and a usage.')
})

test('a period that cannot be meant is refused with what was expected', async t => {
  const database = await openTestClickHouse(t)
  const refused = async (...args: string[]) => {
    const run = await runTool(commandOf('gaps'), args, database, NOW)
    assert.equal(run.code, 2)
    return run.err
  }
  assert.match(await refused('--since', 'tuesday'), /expected 30m, 6h, 7d, today, yesterday/)
  assert.match(await refused('--from', '2026-01-31T09:00:00Z', '--to', '2026-01-31T08:00:00Z'), /--from is not before --to/)
})

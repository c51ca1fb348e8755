import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parkedMessageColumns } from '../../schemas/parked-message.ts'
import { sourcesCommand } from '../../services/cli/sources/sources-command.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { runTool } from './run-tool.ts'

const NOW_MS = Date.UTC(2026, 10, 28, 4)

test('a source is parked, listed with what waits of it, and taken up again', async t => {
  const database = await openTestClickHouse(t)
  const run = (at: number, ...args: string[]) => runTool(sourcesCommand, args, database, { nowMs: NOW_MS + at })
  assert.match((await run(0, 'list')).err, /no source was ever parked/)
  assert.equal((await run(1, 'resume', 'edge')).code, 1)
  assert.equal((await run(2, 'park', 'edge', '--reason', 'too loud')).code, 0)
  const waiting = (offset: number, isParked: boolean) => [
    'e',
    'weir.access-log.v1',
    0,
    offset,
    NOW_MS + offset,
    'edge',
    isParked,
    5,
    {},
    'x',
    'utf8',
  ]
  await database.clickhouse.insert('parked_messages', parkedMessageColumns, [waiting(1, true), waiting(2, true), waiting(3, false)])
  const listed = JSON.parse((await run(3, 'list', '--format', 'json')).out)
  assert.deepEqual(listed, [
    {
      source: 'edge',
      is_parked: true,
      changed_at: '2026-11-28T04:00:00.002Z',
      reason: 'too loud',
      messages: 2,
      lines: 10,
      oldest_received_at: '2026-11-28T04:00:00.001Z',
    },
  ])
  assert.match((await run(4, 'list')).out, /edge +parked .* 2 +10 /)
  const resumed = await run(5, 'resume', 'edge')
  assert.deepEqual([resumed.code, resumed.out], [0, 'edge: 2 messages with 10 lines are taken up within seconds, by the workers that run'])
  assert.match((await run(6, 'list')).out, /edge +being taken up /)
  assert.equal((await run(7, 'resume', 'edge')).code, 1)
})

test('wrong arguments are told as such', async t => {
  const database = await openTestClickHouse(t)
  for (const args of [['resume'], ['park'], ['resume', 'a', 'b'], ['list', '--format', 'xml']])
    assert.equal((await runTool(sourcesCommand, args, database)).code, 2, args.join(' '))
})

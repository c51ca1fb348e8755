/** Senders that choose their sources, and messages without one: what is parked of them. On a real ClickHouse and a real embedded log. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listSources } from '../../services/worker/sources.ts'
import { bad, good, mended, openRig } from './parking-rig.ts'

for (const linesEach of [1, 12])
  test(`a sender that invents a source for every ${linesEach} lines is parked as one, and the others are read on`, async t => {
    const { clickhouse, start, send, sendAs, read, requests, completeness } = await openRig(t)
    const worker = start()
    for (let message = 0; message < 200; message++) {
      await sendAs({ source: `made-up-${message}`, sender: 'stolen' }, bad.slice(0, linesEach))
      if (message % 20 === 0) await send('edge', [good(`edge-${message}`)])
    }
    await sendAs({ source: 'edge', sender: 'stolen' }, bad)
    await sendAs({ source: 'edge', sender: 'lent' }, [good('lent')])
    await send('edge', [good('last')])
    await read(213)
    assert.equal((await requests()).length, 12)
    const parked = await listSources(clickhouse)
    assert.ok(parked.some(({ source, is_parked }) => source === 'stolen/*' && is_parked))
    assert.ok(parked.length <= 21, `${parked.length} names are parked`)
    assert.ok(parked.every(({ source }) => source.startsWith('stolen/')))
    const { balance, parked_lines, parked: waiting } = await completeness()
    assert.equal(balance[0]?.is_balanced, true)
    assert.ok(waiting.length <= 21)
    // Of single lines the first 19 were refused before the twentieth told.
    assert.equal(parked_lines, 200 * linesEach + 12 - (linesEach === 1 ? 19 : 0))
    await worker.stop()
  })

test('a sender that is taken up again is judged anew, and what it sent is read', async t => {
  const { clickhouse, until, start, sendAs, read, requests, resume, decodeHere } = await openRig(t)
  const worker = start()
  for (let message = 0; message < 30; message++) await sendAs({ source: `pod-${message}`, sender: 'fleet' }, [`junk-${message}`])
  await read(30)
  await worker.stop()
  start({ decode: mended(decodeHere) })
  await resume('fleet/*')
  await until(async () => (await listSources(clickhouse)).every(({ messages }) => messages === 0))
  await sendAs({ source: 'pod-31', sender: 'fleet' }, [good('after')])
  await read(31)
  // The first 19 are dead letters: they came before it was parked.
  assert.equal((await requests()).length, 11 + 1)
})

test('rubbish on Kafka that names no source parks no gateway that names none', async t => {
  const { clickhouse, start, sendAs, read, requests } = await openRig(t)
  start()
  for (let message = 0; message < 20; message++) {
    await sendAs({}, bad)
    await sendAs({}, [good(`nameless-${message}`)])
  }
  await read(40)
  assert.equal((await requests()).length, 20)
  const names = (await listSources(clickhouse)).map(({ source, messages }) => [source, messages])
  assert.deepEqual(names, [['(no source) not read', 20]])
})

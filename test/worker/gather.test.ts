import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { nativeBlock } from '../../services/platform/clickhouse/native-block.ts'
import { type Batch, buildGatherer, type GatherConfig, type Gatherer } from '../../services/worker/gather.ts'
import { buildPacking } from '../../services/worker/packing.ts'
import { decodePlainLines, recordOf } from './plain-lines.ts'

const never: GatherConfig = { maxRows: 1e6, maxSizeBytes: 1e9, maxAgeMs: 1e6 }
const line = 'a 2026-07-01T12:00:00.000Z'

suite('gathering', () => {
  test('a batch is handed over when it has enough rows, dead letters counted', async () => {
    const gatherer = buildGatherer({ ...never, maxRows: 3 })
    await add(gatherer, 0, `${line}\nbroken`)
    await add(gatherer, 1, line)
    const batch = await taken(gatherer)
    assert.deepEqual([batch.attempts.length, batch.deadLetters.length, batch.ledger.length], [2, 1, 2])
  })

  test('a batch is handed over when its messages are large enough', async () => {
    const gatherer = buildGatherer({ ...never, maxSizeBytes: line.length })
    await add(gatherer, 0, line)
    assert.equal((await taken(gatherer)).sizeBytes, line.length)
  })

  test('the lines of dead letters count too: what was sent once may be kept many times', async () => {
    const gatherer = buildGatherer({ ...never, maxSizeBytes: 1_000 })
    const record = recordOf(0, 'x')
    const [letter] = decodePlainLines(record).deadLetters
    await gatherer.add(record, () => ({ ...decodePlainLines(record), deadLetters: Array(10).fill({ ...letter, line: 'y'.repeat(100) }) }))
    assert.equal((await taken(gatherer)).sizeBytes, 1_001)
  })

  test('a batch is handed over when its first message is old enough, be it ever so small', async () => {
    const gatherer = buildGatherer({ ...never, maxAgeMs: 1 })
    await add(gatherer, 0, line)
    assert.equal((await taken(gatherer)).attempts.length, 1)
  })

  test('a batch covers each partition up to the last message in it', async () => {
    const gatherer = buildGatherer({ ...never, maxRows: 4 })
    for (const [partition, offset] of [
      [0, 5],
      [3, 9],
      [0, 6],
      [3, 12],
    ] as const) {
      const record = recordOf(offset, line, { partition })
      await gatherer.add(record, decodePlainLines)
    }
    assert.deepEqual(
      (await taken(gatherer)).nextOffsets,
      new Map([
        [
          'weir.access-log.v1',
          new Map([
            [0, 7],
            [3, 13],
          ]),
        ],
      ]),
    )
  })

  test('a full batch keeps readers waiting, and each batch that is taken lets in only what fits', async () => {
    const gatherer = buildGatherer({ ...never, maxRows: 1 })
    await add(gatherer, 0, line)
    let entered = 0
    const readers = [1, 2, 3].map(async offset => {
      await add(gatherer, offset, line)
      entered++
    })
    for (const expected of [0, 1, 2]) {
      await new Promise(resolve => setImmediate(resolve))
      assert.equal(entered, expected)
      assert.equal((await taken(gatherer)).attempts.length, 1)
    }
    await Promise.all(readers)
    gatherer.close()
  })

  test('closing hands over what is there at once, takes nothing more, and then ends', async () => {
    const gatherer = buildGatherer(never)
    assert.equal(await add(gatherer, 0, line), true)
    gatherer.close()
    assert.equal(await add(gatherer, 1, line), false)
    assert.equal((await taken(gatherer)).attempts.length, 1)
    assert.equal(await gatherer.take(), undefined)
  })

  test('closing lets a waiting reader go with its message not taken', async () => {
    const gatherer = buildGatherer({ ...never, maxRows: 1 })
    await add(gatherer, 0, line)
    const waiting = add(gatherer, 1, line)
    gatherer.close()
    assert.equal(await waiting, false)
  })

  test('a message whose decoding throws is not covered by the batch', async () => {
    const gatherer = buildGatherer(never)
    await add(gatherer, 0, line)
    const broken = () => {
      throw new Error('made by the test')
    }
    await assert.rejects(gatherer.add(recordOf(1, line), broken), { message: 'made by the test' })
    gatherer.close()
    assert.deepEqual((await taken(gatherer)).nextOffsets, new Map([['weir.access-log.v1', new Map([[0, 1]])]]))
  })

  test('offsets that were given back come again with the next batch, unless it covers more', async () => {
    const gatherer = buildGatherer({ ...never, maxAgeMs: 1 })
    const topic = 'weir.access-log.v1'
    await add(gatherer, 8, line)
    gatherer.giveBack(
      new Map([
        [
          topic,
          new Map([
            [0, 4],
            [1, 7],
          ]),
        ],
      ]),
    )
    const batch = await taken(gatherer)
    assert.deepEqual(
      batch.nextOffsets,
      new Map([
        [
          topic,
          new Map([
            [0, 9],
            [1, 7],
          ]),
        ],
      ]),
    )
  })
})

suite('packing', () => {
  const block = Buffer.from('packed')

  test('rows of a message are packed together, or stay as they are where they cannot be', async () => {
    const gatherer = buildGatherer({ ...never, maxRows: 6 }, { pack: rows => (rows.length > 1 ? block : undefined) })
    await add(gatherer, 0, `${line}\n${line}`)
    await add(gatherer, 1, `${line}\nbroken`)
    await add(gatherer, 2, `broken\n${line}\n${line}`)
    const { packed, attempts, deadLetters } = await taken(gatherer)
    assert.deepEqual([packed.blocks, packed.rows, packed.records.map(({ offset }) => offset)], [[block, block], 4, [0, 2]])
    assert.deepEqual([attempts.length, deadLetters.length], [1, 2])
    assert.deepEqual(
      [...packed.windows.values()].map(({ rows }) => rows),
      [4],
    )
  })

  for (const [rows, grows] of [
    [1, false],
    [2, true],
  ] as const) {
    test(`a batch of ${rows} row(s), where 2 are many, is handed over ${grows ? 'after three times its age' : 'at its age'}`, async t => {
      t.mock.timers.enable({ apis: ['setTimeout'] })
      const gatherer = buildGatherer({ ...never, maxAgeMs: 30, manyRows: 2 })
      await add(gatherer, 0, Array.from({ length: rows }, () => line).join('\n'))
      let isTaken = false
      const taking = taken(gatherer).then(() => {
        isTaken = true
      })
      t.mock.timers.tick(30)
      await new Promise(setImmediate)
      assert.equal(isTaken, !grows)
      t.mock.timers.tick(60)
      await taking
    })
  }

  test('nothing is packed before the types of the table are known, which are asked for until the server answers', async () => {
    let asked = 0
    const answers = [() => Promise.reject(new Error('away')), async () => [{ name: 'a', type: 'UInt8' }]]
    const packing = buildPacking(
      { name: 'table', columns: ['a'] },
      { clickhouse: { columnTypes: () => (answers[asked++] ?? assert.fail)() } },
    )
    assert.equal(packing.pack([[1]]), undefined)
    await packing.learn()
    assert.equal(packing.pack([[1]]), undefined)
    await packing.learn()
    await packing.learn()
    assert.deepEqual(packing.pack([[1]]), nativeBlock([{ name: 'a', type: 'UInt8' }], [[1]]))
    assert.equal(asked, 2)
  })
})

async function add(gatherer: Gatherer, offset: number, text: string): Promise<boolean> {
  return await gatherer.add(recordOf(offset, text), decodePlainLines)
}

async function taken(gatherer: Gatherer): Promise<Batch> {
  return (await gatherer.take()) as Batch
}

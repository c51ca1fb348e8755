import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { DeadLetter } from '../../schemas/dead-letter.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import type { ErrorCode } from '../../services/platform/errors.ts'
import { buildDeadLetterLimit } from '../../services/worker/dead-letter-limit.ts'

suite('the limit of dead letters', () => {
  test('it is not broken while fewer lines were read than the window holds, however bad they are', () => {
    const { add } = build({ maxRatio: 0.5, windowLines: 100 })
    add('edge', 99, letters(99))
  })

  test('exactly the allowed share passes and one more breaks it', () => {
    const { add } = build({ maxRatio: 0.5, windowLines: 100 })
    add('edge', 99, letters(50))
    add('edge', 1, [])
    assert.throws(() => add('edge', 1, letters(1)), { code: 'WORKER_TOO_MANY_DEAD_LETTERS' })
  })

  test('lines further back than the window do not count', () => {
    const { add } = build({ maxRatio: 0.5, windowLines: 10 })
    for (let line = 0; line < 1_000; line++) add('edge', 1, [])
    // Six of 1,006 are few; six of the last ten are too many.
    for (let line = 0; line < 5; line++) add('edge', 1, letters(1))
    assert.throws(() => add('edge', 1, letters(1)), { code: 'WORKER_TOO_MANY_DEAD_LETTERS' })
  })

  test('the message counts the codes and names one position', () => {
    const { add } = build({ maxRatio: 0.5, windowLines: 4 })
    add('edge', 1, letters(1, 'LINE_NOT_UTF8'))
    add('edge', 1, letters(1, 'LINE_NOT_JSON'))
    add('edge', 1, letters(1, 'LINE_NOT_JSON'))
    assert.throws(
      () => add('edge', 1, []),
      ({ message }: Error) => {
        assert.match(message, /^3 of the last 4 lines were refused \(LINE_NOT_JSON 2, LINE_NOT_UTF8 1\), for example /)
        return /for example weir\.access-log\.v1 partition 6 offset 17 line 3: /.test(message)
      },
    )
  })

  for (const maxRatio of [0, 1]) {
    test(`a ratio of ${maxRatio} never stops and never withholds a commit`, () => {
      const { add, limit } = build({ maxRatio, windowLines: 10 })
      add('edge', 1_000, letters(1_000))
      assert.equal(limit.mayCommit(), true)
    })
  }

  test('lines in doubt are not committed until the share falls', () => {
    const { add, limit } = build({ maxRatio: 0.5, windowLines: 100 })
    assert.equal(limit.mayCommit(), true)
    add('edge', 3, letters(2))
    assert.equal(limit.mayCommit(), false)
    add('edge', 1, [])
    assert.equal(limit.mayCommit(), true)
  })

  test('a quiet topic in doubt moves on once a minute', () => {
    const { add, limit, clock } = build({ maxRatio: 0.5, windowLines: 100 })
    add('edge', 1, letters(1))
    clock.nowMs += MINUTE - 1
    assert.equal(limit.mayCommit(), false)
    clock.nowMs += 1
    assert.equal(limit.mayCommit(), true)
    add('edge', 1, letters(1))
    assert.equal(limit.mayCommit(), false)
    clock.nowMs += MINUTE
    assert.equal(limit.mayCommit(), true)
  })

  test('once broken it never allows a commit again', () => {
    const { add, limit, clock } = build({ maxRatio: 0.5, windowLines: 1 })
    assert.throws(() => add('edge', 1, letters(1)))
    clock.nowMs += 10 * MINUTE
    assert.equal(limit.mayCommit(), false)
  })
})

suite('the limit of a source', () => {
  const config = { maxRatio: 0.5, windowLines: 1_000, sourceWindowLines: 10 }

  test('exactly the allowed share passes, one more parks the source, and fewer lines than its window decide nothing', () => {
    const { add } = build(config)
    assert.equal(add('edge', 9, letters(9)), undefined)
    const other = build(config).add
    assert.equal(other('edge', 10, letters(5)), undefined)
    assert.match(other('edge', 1, letters(1)) ?? '', /^6 of the last 11 lines were refused \(LINE_NOT_JSON 6\), for example /)
    assert.match(add('edge', 1, []) ?? '', /^9 of the last 10 lines were refused/)
  })

  test('what others send neither saves nor harms a source', () => {
    const { add } = build(config)
    for (let line = 0; line < 9; line++) {
      assert.equal(add('bad', 1, letters(1)), undefined)
      assert.equal(add('good', 100, []), undefined)
    }
    assert.notEqual(add('bad', 1, letters(1)), undefined)
    assert.equal(add('good', 100, []), undefined)
  })

  test('a parked source counts no more: neither its lines nor the doubt that they caused stay', () => {
    const { add, limit } = build(config)
    assert.equal(add('good', 1, []), undefined)
    assert.equal(add('bad', 9, letters(9)), undefined)
    assert.equal(limit.mayCommit(), false)
    assert.notEqual(add('bad', 1, letters(1)), undefined)
    assert.equal(limit.mayCommit(), true)
    // Taken up again it is judged by what it sends from then on.
    assert.equal(add('bad', 9, []), undefined)
    assert.equal(add('bad', 5, letters(5)), undefined)
  })

  test('one source never stops the worker, many that are bad together do', () => {
    const { add } = build({ ...config, windowLines: 40 })
    for (let round = 0; round < 50; round++) {
      for (let line = 0; line < 9; line++) assert.equal(add('bad', 1, letters(1)), undefined)
      assert.notEqual(add('bad', 1, letters(1)), undefined)
    }
    const send = () => {
      for (let source = 0; source < 100; source++) add(`source-${source}`, 1, letters(1))
    }
    assert.throws(send, { code: 'WORKER_TOO_MANY_DEAD_LETTERS', message: /40 of the last 40 lines.*many senders/ })
  })

  for (const maxRatio of [0, 1])
    test(`a ratio of ${maxRatio} parks nobody`, () => {
      const { add } = build({ ...config, maxRatio })
      assert.equal(add('bad', 1_000, letters(1_000)), undefined)
    })

  test('the memory for names of sources is bounded, and a busy one is not forgotten', () => {
    const { add } = build({ maxRatio: 0.5, windowLines: 1e9, sourceWindowLines: 3 })
    assert.equal(add('early', 1, letters(1)), undefined)
    assert.equal(add('busy', 1, letters(1)), undefined)
    for (let source = 0; source < 9_999; source++) add(`name-${source}`, 1, [])
    assert.equal(add('busy', 1, letters(1)), undefined)
    add('one-more', 1, [])
    assert.equal(add('early', 2, letters(2)), undefined, 'it is judged anew')
    assert.notEqual(add('busy', 1, letters(1)), undefined)
  })

  test('what is remembered of ten thousand sources is small, however long their refused lines and however short their messages', () => {
    const { limit } = build({ maxRatio: 0.9, windowLines: 1e9, sourceWindowLines: 1_000 })
    const [letter] = letters(1)
    const before = heapBytes()
    for (let source = 0; source < 300; source++) {
      const judged = { name: `source-${source}`, prefix: undefined }
      // A text of its own, as each line has.
      limit.add(judged, 1, [{ ...(letter as DeadLetter), line: Buffer.alloc(100_000, source % 256).toString('latin1') }])
      for (let message = 0; message < 500; message++) limit.add(judged, 1, [])
    }
    const kept = heapBytes() - before
    assert.ok(limit.mayCommit(), 'it is still in use')
    assert.ok(kept < 9e6, `${Math.round(kept / 1e6)} MB for 3 % of the sources`)
  })
})

suite('the limit of a sender that chooses its sources', () => {
  const config = { maxRatio: 0.5, windowLines: 40, sourceWindowLines: 10 }
  const stolen = (source: string) => ({ name: `stolen/${source}`, prefix: 'stolen/' })
  const good = { name: 'edge', prefix: undefined }

  test('one that invents a source for each line is parked as a whole, and stops nobody', () => {
    const { limit } = build(config)
    for (let round = 0; round < 50; round++) {
      for (let line = 0; line < 19; line++) assert.equal(limit.add(stolen(`${round}-${line}`), 1, letters(1)), undefined)
      const toPark = limit.add(stolen(`${round}-19`), 1, letters(1))
      assert.equal(toPark?.name, 'stolen/*')
      assert.match(toPark?.reason ?? '', /^of all its sources 20 of the last 20 lines were refused/)
      assert.equal(limit.add(good, 1, []), undefined)
    }
    assert.equal(limit.mayCommit(), true)
  })

  test('exactly the allowed share passes; a bad source among good ones is parked alone', () => {
    const { limit } = build(config)
    for (let line = 0; line < 9; line++) assert.equal(limit.add(stolen('bad'), 1, letters(1)), undefined)
    for (let line = 0; line < 9; line++) assert.equal(limit.add(stolen('good'), 1, []), undefined)
    assert.equal(limit.add(stolen('bad'), 1, letters(1))?.name, 'stolen/bad')
    // What was refused of it counts no more: ten of twenty are the allowed share, eleven of twenty-one are not.
    for (let line = 0; line < 10; line++) assert.equal(limit.add(stolen(`other-${line}`), 1, letters(1)), undefined)
    assert.equal(limit.add(stolen('good'), 1, []), undefined)
    assert.equal(limit.add(stolen('other'), 1, letters(1))?.name, 'stolen/*')
  })

  test('with twenty of its sources parked the next one parks the sender, and that of another sender only itself', () => {
    const { limit, parked } = build(config)
    for (let source = 0; source < 20; source++) {
      const name = limit.add(stolen(`made-up-${source}`), 10, letters(10))?.name
      assert.equal(name, `stolen/made-up-${source}`)
      parked.push(name)
    }
    const toPark = limit.add(stolen('one-more'), 10, letters(10))
    assert.equal(toPark?.name, 'stolen/*')
    assert.match(toPark?.reason ?? '', /^20 of its sources are parked, and of one more 10 of the last 10 lines were refused/)
    assert.equal(limit.add({ name: 'lent/one', prefix: 'lent/' }, 10, letters(10))?.name, 'lent/one')
  })

  test('with a thousand parked no further source is: what it sends counts towards the limit of all', () => {
    const { limit, parked } = build(config)
    for (let source = 0; source < 999; source++) parked.push(`edge-${source}`)
    assert.equal(limit.add(good, 10, letters(10))?.name, 'edge')
    parked.push('edge')
    for (const name of ['a', 'b', 'c']) assert.equal(limit.add({ name, prefix: undefined }, 10, letters(10)), undefined)
    assert.throws(() => limit.add({ name: 'd', prefix: undefined }, 10, letters(10)), { code: 'WORKER_TOO_MANY_DEAD_LETTERS' })
  })

  test('taken up again it is judged by what it sends from then on', () => {
    const { limit } = build(config)
    for (let line = 0; line < 19; line++) limit.add(stolen(`${line}`), 1, letters(1))
    assert.equal(limit.add(stolen('19'), 1, letters(1))?.name, 'stolen/*')
    for (let line = 0; line < 19; line++) assert.equal(limit.add(stolen(`${line}`), 1, letters(1)), undefined)
  })
})

/** Without `sourceWindowLines` no source is ever parked. A source in words is one that no sender chose; of what is to be parked: why. */
function build(config: { maxRatio: number; windowLines: number; sourceWindowLines?: number }) {
  const clock = { nowMs: Date.UTC(2026, 6, 1) }
  const parked: string[] = []
  const limit = buildDeadLetterLimit({ sourceWindowLines: 1e9, ...config }, { now: () => clock.nowMs, parked: () => parked })
  return {
    clock,
    limit,
    parked,
    add: (name: string, lines: number, refused: readonly DeadLetter[]) => limit.add({ name, prefix: undefined }, lines, refused)?.reason,
  }
}

/** What is in use once everything else was collected. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

function letters(count: number, code: ErrorCode = 'LINE_NOT_JSON'): DeadLetter[] {
  return Array.from({ length: count }, () => ({
    received_at: 0,
    source: 'test',
    code,
    message: 'made by the test',
    line: 'x',
    encoding: 'utf8' as const,
    log_epoch: 'test',
    topic: 'weir.access-log.v1',
    partition: 6,
    offset: 17,
    line_no: 3,
  }))
}

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { DeadLetter } from '../../schemas/dead-letter.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import type { ErrorCode } from '../../services/platform/errors.ts'
import { buildDeadLetterLimit } from '../../services/worker/dead-letter-limit.ts'

suite('the limit of dead letters', () => {
  test('it is not broken while fewer lines were read than the window holds, however bad they are', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 100 })
    limit.add('edge', 99, letters(99))
  })

  test('exactly the allowed share passes and one more breaks it', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 100 })
    limit.add('edge', 99, letters(50))
    limit.add('edge', 1, [])
    assert.throws(() => limit.add('edge', 1, letters(1)), { code: 'WORKER_TOO_MANY_DEAD_LETTERS' })
  })

  test('lines further back than the window do not count', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 10 })
    for (let line = 0; line < 1_000; line++) limit.add('edge', 1, [])
    // Six of 1,006 are few; six of the last ten are too many.
    for (let line = 0; line < 5; line++) limit.add('edge', 1, letters(1))
    assert.throws(() => limit.add('edge', 1, letters(1)), { code: 'WORKER_TOO_MANY_DEAD_LETTERS' })
  })

  test('the message counts the codes and names one position', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 4 })
    limit.add('edge', 1, letters(1, 'LINE_NOT_UTF8'))
    limit.add('edge', 1, letters(1, 'LINE_NOT_JSON'))
    limit.add('edge', 1, letters(1, 'LINE_NOT_JSON'))
    assert.throws(() => limit.add('edge', 1, []), {
      message:
        /^3 of the last 4 lines were refused \(LINE_NOT_JSON 2, LINE_NOT_UTF8 1\), for example weir\.access-log\.v1 partition 6 offset 17 line 3: /,
    })
  })

  for (const maxRatio of [0, 1]) {
    test(`a ratio of ${maxRatio} never stops and never withholds a commit`, () => {
      const { limit } = build({ maxRatio, windowLines: 10 })
      limit.add('edge', 1_000, letters(1_000))
      assert.equal(limit.mayCommit(), true)
    })
  }

  test('lines in doubt are not committed until the share falls', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 100 })
    assert.equal(limit.mayCommit(), true)
    limit.add('edge', 3, letters(2))
    assert.equal(limit.mayCommit(), false)
    limit.add('edge', 1, [])
    assert.equal(limit.mayCommit(), true)
  })

  test('a quiet topic in doubt moves on once a minute', () => {
    const { limit, clock } = build({ maxRatio: 0.5, windowLines: 100 })
    limit.add('edge', 1, letters(1))
    clock.nowMs += MINUTE - 1
    assert.equal(limit.mayCommit(), false)
    clock.nowMs += 1
    assert.equal(limit.mayCommit(), true)
    limit.add('edge', 1, letters(1))
    assert.equal(limit.mayCommit(), false)
    clock.nowMs += MINUTE
    assert.equal(limit.mayCommit(), true)
  })

  test('once broken it never allows a commit again', () => {
    const { limit, clock } = build({ maxRatio: 0.5, windowLines: 1 })
    assert.throws(() => limit.add('edge', 1, letters(1)))
    clock.nowMs += 10 * MINUTE
    assert.equal(limit.mayCommit(), false)
  })
})

suite('the limit of a source', () => {
  const config = { maxRatio: 0.5, windowLines: 1_000, sourceWindowLines: 10 }

  test('exactly the allowed share passes, one more parks the source, and fewer lines than its window decide nothing', () => {
    const { limit } = build(config)
    assert.equal(limit.add('edge', 9, letters(9)), undefined)
    const other = build(config).limit
    assert.equal(other.add('edge', 10, letters(5)), undefined)
    assert.match(other.add('edge', 1, letters(1)) ?? '', /^6 of the last 11 lines were refused \(LINE_NOT_JSON 6\), for example /)
    assert.match(limit.add('edge', 1, []) ?? '', /^9 of the last 10 lines were refused/)
  })

  test('what others send neither saves nor harms a source', () => {
    const { limit } = build(config)
    for (let line = 0; line < 9; line++) {
      assert.equal(limit.add('bad', 1, letters(1)), undefined)
      assert.equal(limit.add('good', 100, []), undefined)
    }
    assert.notEqual(limit.add('bad', 1, letters(1)), undefined)
    assert.equal(limit.add('good', 100, []), undefined)
  })

  test('a parked source counts no more: neither its lines nor the doubt that they caused stay', () => {
    const { limit } = build(config)
    assert.equal(limit.add('good', 1, []), undefined)
    assert.equal(limit.add('bad', 9, letters(9)), undefined)
    assert.equal(limit.mayCommit(), false)
    assert.notEqual(limit.add('bad', 1, letters(1)), undefined)
    assert.equal(limit.mayCommit(), true)
    // Taken up again it is judged by what it sends from then on.
    assert.equal(limit.add('bad', 9, []), undefined)
    assert.equal(limit.add('bad', 5, letters(5)), undefined)
  })

  test('one source never stops the worker, many that are bad together do', () => {
    const { limit } = build({ ...config, windowLines: 40 })
    for (let round = 0; round < 50; round++) {
      for (let line = 0; line < 9; line++) assert.equal(limit.add('bad', 1, letters(1)), undefined)
      assert.notEqual(limit.add('bad', 1, letters(1)), undefined)
    }
    const send = () => {
      for (let source = 0; source < 100; source++) limit.add(`source-${source}`, 1, letters(1))
    }
    assert.throws(send, { code: 'WORKER_TOO_MANY_DEAD_LETTERS', message: /40 of the last 40 lines.*many sources/ })
  })

  for (const maxRatio of [0, 1])
    test(`a ratio of ${maxRatio} parks nobody`, () => {
      const { limit } = build({ ...config, maxRatio })
      assert.equal(limit.add('bad', 1_000, letters(1_000)), undefined)
    })

  test('the memory for names of sources is bounded, and a busy one is not forgotten', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 1e9, sourceWindowLines: 3 })
    assert.equal(limit.add('early', 1, letters(1)), undefined)
    assert.equal(limit.add('busy', 1, letters(1)), undefined)
    for (let source = 0; source < 9_999; source++) limit.add(`name-${source}`, 1, [])
    assert.equal(limit.add('busy', 1, letters(1)), undefined)
    limit.add('one-more', 1, [])
    assert.equal(limit.add('early', 2, letters(2)), undefined, 'it is judged anew')
    assert.notEqual(limit.add('busy', 1, letters(1)), undefined)
  })
})

/** Without `sourceWindowLines` no source is ever parked. */
function build(config: { maxRatio: number; windowLines: number; sourceWindowLines?: number }) {
  const clock = { nowMs: Date.UTC(2026, 6, 1) }
  return { clock, limit: buildDeadLetterLimit({ sourceWindowLines: 1e9, ...config }, { now: () => clock.nowMs }) }
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

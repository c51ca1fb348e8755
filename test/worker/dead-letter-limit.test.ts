import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { DeadLetter } from '../../schemas/dead-letter.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import type { ErrorCode } from '../../services/platform/errors.ts'
import { buildDeadLetterLimit } from '../../services/worker/dead-letter-limit.ts'

suite('the limit of dead letters', () => {
  test('it is not broken while fewer lines were read than the window holds, however bad they are', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 100 })
    limit.add(99, letters(99))
  })

  test('exactly the allowed share passes and one more breaks it', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 100 })
    limit.add(99, letters(50))
    limit.add(1, [])
    assert.throws(() => limit.add(1, letters(1)), { code: 'WORKER_TOO_MANY_DEAD_LETTERS' })
  })

  test('lines further back than the window do not count', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 10 })
    for (let line = 0; line < 1_000; line++) limit.add(1, [])
    // Six of 1,006 are few; six of the last ten are too many.
    for (let line = 0; line < 5; line++) limit.add(1, letters(1))
    assert.throws(() => limit.add(1, letters(1)), { code: 'WORKER_TOO_MANY_DEAD_LETTERS' })
  })

  test('the message counts the codes and names one position', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 4 })
    limit.add(1, letters(1, 'LINE_NOT_UTF8'))
    limit.add(1, letters(1, 'LINE_NOT_JSON'))
    limit.add(1, letters(1, 'LINE_NOT_JSON'))
    assert.throws(() => limit.add(1, []), {
      message:
        /^3 of the last 4 lines were refused \(LINE_NOT_JSON 2, LINE_NOT_UTF8 1\), for example weir\.access-log\.v1 partition 6 offset 17 line 3: /,
    })
  })

  for (const maxRatio of [0, 1]) {
    test(`a ratio of ${maxRatio} never stops and never withholds a commit`, () => {
      const { limit } = build({ maxRatio, windowLines: 10 })
      limit.add(1_000, letters(1_000))
      assert.equal(limit.mayCommit(), true)
    })
  }

  test('lines in doubt are not committed until the share falls', () => {
    const { limit } = build({ maxRatio: 0.5, windowLines: 100 })
    assert.equal(limit.mayCommit(), true)
    limit.add(3, letters(2))
    assert.equal(limit.mayCommit(), false)
    limit.add(1, [])
    assert.equal(limit.mayCommit(), true)
  })

  test('a quiet topic in doubt moves on once a minute', () => {
    const { limit, clock } = build({ maxRatio: 0.5, windowLines: 100 })
    limit.add(1, letters(1))
    clock.nowMs += MINUTE - 1
    assert.equal(limit.mayCommit(), false)
    clock.nowMs += 1
    assert.equal(limit.mayCommit(), true)
    limit.add(1, letters(1))
    assert.equal(limit.mayCommit(), false)
    clock.nowMs += MINUTE
    assert.equal(limit.mayCommit(), true)
  })

  test('once broken it never allows a commit again', () => {
    const { limit, clock } = build({ maxRatio: 0.5, windowLines: 1 })
    assert.throws(() => limit.add(1, letters(1)))
    clock.nowMs += 10 * MINUTE
    assert.equal(limit.mayCommit(), false)
  })
})

function build(config: { maxRatio: number; windowLines: number }) {
  const clock = { nowMs: Date.UTC(2026, 6, 1) }
  return { clock, limit: buildDeadLetterLimit(config, { now: () => clock.nowMs }) }
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

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { buildDecoder } from '../../services/worker/decode/decode-message.ts'
import { buildDecoderInTurns } from '../../services/worker/decode-in-turns.ts'
import { envoyLine } from '../schemas/dialects/lines.ts'
import { accessRecord, metricsRecord } from './records.ts'

suite('decoding in turns', () => {
  const config = { logEpoch: 'e', maxLineBytes: 64 * 1024 }

  test('it gives what decoding at once gives, of both topics', async () => {
    const line = fc.oneof(fc.constantFrom(JSON.stringify(envoyLine('a')), '{}', 'x', '[{},{}]', ''), fc.json())
    const lines = fc
      .tuple(fc.array(line, { maxLength: 5 }), fc.constantFrom(1, 60, 300))
      .map(([some, times]) => Array(times).fill(some).flat().join('\n'))
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), async (value, isExposition) => {
        const record = isExposition ? metricsRecord(value) : accessRecord(value)
        assert.deepEqual(await buildDecoderInTurns(config)(record), buildDecoder(config)(record))
      }),
      { numRuns: 60 },
    )
  })

  test('others have their turn while a message of very many lines is decoded', async () => {
    let turns = 0
    let isDone = false
    const others = () => {
      turns += 1
      if (!isDone) setImmediate(others)
    }
    setImmediate(others)
    const { ledger } = await buildDecoderInTurns(config)(accessRecord('{}\n'.repeat(50_000)))
    isDone = true
    assert.equal(ledger.dead_letters, 50_000)
    assert.ok(turns > 2, `${turns} turns`)
  })

  test('a defect makes one dead letter of the message, as it does at once', async () => {
    const ownDialects = [{}] as never
    const { deadLetters, ledger } = await buildDecoderInTurns({ ...config, ownDialects })(accessRecord('{"a":1}'))
    assert.deepEqual([deadLetters.map(letter => letter.code), ledger.lines], [['LINE_NOT_READ'], 1])
  })
})

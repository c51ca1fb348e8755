import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { SENDER_HEADER } from '../../schemas/topics.ts'
import { buildJudge } from '../../services/worker/judge.ts'
import { judgedBefore } from '../../services/worker/judged.ts'
import { decodePlainLines, recordOf } from './plain-lines.ts'

const nameOf = (headers: Readonly<Record<string, string>>) => judgedBefore({ headers })?.name

suite('whose lines are judged together', () => {
  test('a source is its own; one that a sender chose is that of the sender; without one it must be read first', () => {
    assert.equal(nameOf({ source: 'edge-7' }), 'edge-7')
    assert.equal(nameOf({ source: 'edge-7', [SENDER_HEADER]: 'fleet' }), 'fleet/edge-7')
    for (const headers of [{}, { source: '' }, { [SENDER_HEADER]: 'fleet' }]) assert.equal(nameOf(headers), undefined)
  })

  test('no two senders share a name, whatever slashes and broken characters are in it', () => {
    const pairs = ['a', 'a/b', 'a/', '/', 'b'].flatMap(sender =>
      ['b/c', 'c', '*', 'b', '/'].map(source => nameOf({ source, [SENDER_HEADER]: sender })),
    )
    assert.equal(new Set(pairs).size, 25)
    assert.equal(nameOf({ source: '\ud800', [SENDER_HEADER]: '\udc00' }), '\ufffd/\ufffd')
    assert.equal(nameOf({ source: 'x'.repeat(1e6) }), 'x'.repeat(200))
  })
})

suite('judging', () => {
  for (const [parked, headers] of [
    ['edge', { source: 'edge' }],
    ['fleet/edge', { source: 'edge', [SENDER_HEADER]: 'fleet' }],
    ['fleet/*', { source: 'any', [SENDER_HEADER]: 'fleet' }],
  ] as const)
    test(`what waits under ${parked} is neither decoded nor counted, and says under which name it waits`, async () => {
      const decoded: number[] = []
      const judge = buildJudge(
        { logEpoch: 'e' },
        {
          decode: record => {
            decoded.push(record.offset)
            return decodePlainLines(record)
          },
          lineCount: () => 3,
          limit: { add: () => assert.fail('it is not judged') },
          sources: { isParked: name => name === parked, park: () => assert.fail('it is parked') },
          logger: { error: () => undefined },
        },
      )
      const kept = await judge(recordOf(1, 'junk', { headers }))
      assert.deepEqual([kept.parked?.source, kept.parked?.lines, kept.ledger.parked_lines, kept.deadLetters], [parked, 3, 3, []])
      assert.deepEqual(decoded, [])
    })

  test('the message that shows the fault is the first to be kept, under the name that is parked', async () => {
    const parkedNames: string[] = []
    const judge = buildJudge(
      { logEpoch: 'e' },
      {
        decode: decodePlainLines,
        lineCount: () => assert.fail('it was decoded'),
        limit: { add: () => ({ name: 'fleet/*', reason: 'too many' }) },
        sources: { isParked: () => false, park: name => void parkedNames.push(name) },
        logger: { error: () => undefined },
      },
    )
    const kept = await judge(recordOf(1, 'junk\njunk', { headers: { source: 'edge', [SENDER_HEADER]: 'fleet' } }))
    assert.deepEqual([kept.parked?.source, kept.parked?.lines, kept.deadLetters, parkedNames], ['fleet/*', 2, [], ['fleet/*']])
  })
})

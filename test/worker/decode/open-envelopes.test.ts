import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decodeAccessLog } from '../../../services/worker/decode/decode-lines.ts'
import { buildLineAt } from '../../../services/worker/decode/decode-message.ts'
import { rawTextOf } from '../../../services/worker/decode/line.ts'
import { openLines } from '../../../services/worker/decode/steps.ts'
import { envoyLine } from '../../schemas/dialects/lines.ts'
import { accessRecord, anyTime } from '../records.ts'

const json = (id: string) => JSON.stringify(envoyLine(id))
const at = '2026-11-23T17:26:14.000000000Z'
const decode = (value: string) => decodeAccessLog(accessRecord(value), anyTime)
const records = (value: string) => openLines(accessRecord(value), anyTime)

suite('records of a message', () => {
  test('lines in and out of envelopes stand side by side, each counted once', () => {
    const docker = JSON.stringify({ log: `${json('b')}\n`, stream: 'stdout', time: at })
    const chatter = JSON.stringify({ log: 'starting main dispatch loop\n', stream: 'stderr', time: at })
    const { rows, skipped, deadLetters, lines } = decode([json('a'), docker, chatter, `${at} stdout F ${json('c')}`].join('\n'))
    assert.deepEqual(
      rows.map(row => [row.request_id, row.line_no]),
      [
        ['a', 0],
        ['b', 1],
        ['c', 3],
      ],
    )
    assert.deepEqual([skipped, deadLetters.length, lines], [['other_text'], 0, 4])
  })

  test('an envelope with several lines gives as many, numbered on', () => {
    const several = JSON.stringify({ log: `[${json('a')},${json('b')}]`, stream: 'stdout', time: at })
    const { rows, lines } = decode(`${several}\n${json('c')}`)
    assert.deepEqual([rows.map(row => row.line_no), lines], [[0, 1, 2], 3])
  })

  test('the tenant of an envelope is charged where the line names nobody, and nowhere else', () => {
    const wrapped = (line: object) => JSON.stringify({ log: JSON.stringify(line), stream: 'stdout', time: at, tenant_id: 'of-shipper' })
    const trace = {
      schema: 'dynamo.request.trace.v1',
      event_type: 'request_end',
      request: { request_id: 'd', request_received_ms: 1795454773303 },
    }
    const { rows } = decode([wrapped(envoyLine('a')), wrapped(envoyLine('b', { 'tenant.id': null })), wrapped(trace)].join('\n'))
    assert.deepEqual(
      rows.map(row => row.tenant_id),
      ['dept-a', 'of-shipper', 'of-shipper'],
    )
  })

  test('parts of a container log line are joined within their stream, and others between them are not touched', () => {
    const [whole, other] = [json('a'), json('b')]
    const message = [
      `${at} stdout P ${whole.slice(0, 100)}`,
      `${at} stderr F ${other}`,
      `${at} stdout P ${whole.slice(100, 200)}`,
      `${at} stdout F ${whole.slice(200)}`,
    ].join('\n')
    const { rows, lines, deadLetters } = decode(message)
    assert.deepEqual([rows.map(row => row.request_id), lines, deadLetters], [['b', 'a'], 2, []])
  })

  test('a part whose end is in another message is refused, whole, with that reason', () => {
    const part = `${at} stdout P ${json('a').slice(0, 100)}`
    const { deadLetters, rows, lines } = decode(`${json('b')}\n${part}`)
    assert.deepEqual([rows.length, lines, deadLetters[0]?.code, deadLetters[0]?.line], [1, 2, 'LINE_NOT_JSON', part])
    assert.match(deadLetters[0]?.message ?? '', /first part \(P\).*not in the same message/)
  })

  test('a refused line is kept with its envelope, and found again by its number', () => {
    const broken = JSON.stringify({ log: JSON.stringify(envoyLine('x', { 'tenant.id': null })), stream: 'stdout', time: at })
    const record = accessRecord(`${json('a')}\n${broken}`)
    const [letter] = decodeAccessLog(record, anyTime).deadLetters
    assert.deepEqual([letter?.code, letter?.line, letter?.line_no], ['LINE_FIELD_MISSING', broken, 1])
    assert.deepEqual(buildLineAt({ maxLineBytes: anyTime.maxLineBytes })(record, 1), { line: broken, encoding: 'utf8' })
  })

  test('a record out of an envelope can be sent again as it is kept', () => {
    const spans = JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'tenant.id', value: { stringValue: 'acme' } }] },
          scopeSpans: [
            {
              spans: ['00f067aa0ba902b7', '00f067aa0ba902b8'].map(spanId => ({
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId,
                name: 'chat',
                startTimeUnixNano: '1795454773303000000',
                attributes: [{ key: 'gen_ai.request.model', value: { stringValue: 'm' } }],
              })),
            },
          ],
        },
      ],
    })
    const first = decode(spans)
    const again = decode(records(spans).map(rawTextOf).join('\n'))
    assert.equal(first.rows.length, 2)
    assert.deepEqual(again.rows, first.rows)
  })

  test('plain text that no gateway writes is still refused', () => {
    assert.deepEqual(
      decode('hello\nlevel=info msg="no access log"').deadLetters.map(letter => letter.code),
      ['LINE_NOT_JSON', 'LINE_NOT_JSON'],
    )
  })
})

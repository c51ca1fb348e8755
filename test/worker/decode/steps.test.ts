import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { canonical } from '../../../schemas/dialects/canonical.ts'
import { buildReader } from '../../../schemas/dialects/field-table.ts'
import { buildDecoder } from '../../../services/worker/decode/decode-message.ts'
import { decodeSteps, endSteps } from '../../../services/worker/decode/steps.ts'
import { canonicalLine, envoyLine } from '../../schemas/dialects/lines.ts'
import { accessRecord, metricsRecord } from '../records.ts'

const decode = buildDecoder({ logEpoch: 'epoch-1', maxLineBytes: 64 * 1024 })
const good = (id: string, more: Record<string, string | null> = {}) => JSON.stringify(envoyLine(id, more))
const at = '2026-11-23T17:26:14.000000000Z'
const docker = (log: string) => JSON.stringify({ log, stream: 'stdout', time: at })

suite('where lines end', () => {
  const cases: [string, string | Buffer, Record<string, string>, string][] = [
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x22]), {}, 'split_message dead_letter LINE_NOT_UTF8'],
    ['a line beyond the limit', `{"a":"${'x'.repeat(70_000)}"}`, {}, 'split_message dead_letter LINE_TOO_LONG'],
    ['a part without its end', `${at} stdout P {"a":`, {}, 'join_parts dead_letter LINE_NOT_JSON'],
    ['text of no known form', 'hello', {}, 'open_envelope dead_letter LINE_NOT_JSON'],
    ['text in an envelope', docker('starting'), {}, 'open_envelope skipped other_text'],
    ['a cut line in an envelope', docker('{"a":'), {}, 'open_envelope dead_letter LINE_NOT_JSON'],
    ['a number', '42', {}, 'recognise_dialect dead_letter LINE_NOT_JSON'],
    ['fields of nobody', '{"foo":"bar"}', {}, 'recognise_dialect dead_letter LINE_DIALECT_UNKNOWN'],
    ['a line without its tenant', good('a', { 'tenant.id': null }), {}, 'read_attempts dead_letter LINE_FIELD_MISSING'],
    ['a tenant of somebody else', good('a'), { tenants: '["dept-b"]' }, 'check_tenant dead_letter LINE_TENANT_NOT_ALLOWED'],
    ['a line of last year', good('a', { start_time: '2025-01-01T00:00:00Z' }), {}, 'check_time dead_letter LINE_TIME_OUT_OF_RANGE'],
    ['a good line', good('a'), {}, 'place_rows rows '],
    ['a line without its tenant of a sender that has one', good('a', { 'tenant.id': null }), { tenants: '["a"]' }, 'place_rows rows '],
  ]
  for (const [name, value, headers, expected] of cases) {
    test(`${name}: ${expected}`, () => {
      const { ends } = decode(accessRecord(value, headers))
      assert.deepEqual(
        ends.map(({ step, outcome, reason, count }) => `${count} ${step} ${outcome} ${reason}`),
        [`1 ${expected}`],
      )
    })
  }

  test('every step of decoding can end a line, in the order of the list', () => {
    const ended = new Set(cases.map(([, , , expected]) => expected.split(' ')[0]))
    assert.deepEqual(
      [...ended],
      decodeSteps.map(step => step.name),
    )
    assert.deepEqual(endSteps.slice(0, decodeSteps.length), decodeSteps)
  })

  test('an exposition ends in its own step', () => {
    assert.deepEqual(decode(metricsRecord('no series')).ends, [
      { step: 'read_exposition', outcome: 'dead_letter', reason: 'SCRAPE_NOT_READABLE', count: 1 },
    ])
  })

  test('each line is counted once, whatever it is, and the counts agree with the ledger', () => {
    const line = fc.oneof(fc.constantFrom(...cases.map(([, value]) => value.toString())), fc.json(), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), lines => {
        const { ends, ledger } = decode(accessRecord(lines.join('\n')))
        const counted = (outcome: string) => ends.filter(end => end.outcome === outcome).reduce((sum, end) => sum + end.count, 0)
        assert.deepEqual(
          [counted('rows'), counted('dead_letter'), counted('skipped')],
          [ledger.accepted_lines, ledger.dead_letters, ledger.skipped_lines],
        )
        assert.equal(counted('rows') + counted('dead_letter') + counted('skipped'), ledger.lines)
      }),
      { numRuns: 300 },
    )
  })
})

test('a dialect that gives no attempt for a line is a defect that shows: the line is kept', () => {
  const dialect = { ...canonical, recognises: () => 'always', attempts: () => [] }
  const none = buildReader(dialect as never)
  const { deadLetters, ledger } = buildDecoder({ logEpoch: 'e', maxLineBytes: 1e5, ownDialects: [none] })(
    accessRecord(JSON.stringify(canonicalLine('a'))),
  )
  assert.deepEqual([deadLetters.map(letter => letter.code), ledger.lines, ledger.dead_letters], [['LINE_NOT_READ'], 1, 1])
})

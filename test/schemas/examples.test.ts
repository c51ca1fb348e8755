import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { attemptContentColumns } from '../../schemas/attempt.ts'
import type { Line } from '../../schemas/dialects/dialect.ts'
import { dialects } from '../../schemas/dialects/registry.ts'
import { type Example, readExamples, textOfExample } from '../../schemas/examples.ts'
import { traps } from '../../schemas/traps.ts'
import { decodeAccessLog } from '../../services/worker/decode/decode-lines.ts'
import { openLines } from '../../services/worker/decode/steps.ts'
import { accessRecord, anyTime } from '../worker/records.ts'

const examples = readExamples()

/** What the worker makes of a line, in the words of the corpus. */
function outcomeOf(example: Example) {
  return decodeAccessLog(accessRecord(textOfExample(example)), anyTime)
}

suite('the corpus', () => {
  for (const example of examples) {
    test(`${example.dialect}, ${example.name}: ${example.guards_against}`, () => {
      const { rows, deadLetters, skipped, lines } = outcomeOf(example)
      assert.equal(lines, 1)
      const { expected } = example
      if ('skipped' in expected) assert.deepEqual([skipped, rows.length, deadLetters.length], [[expected.skipped], 0, 0])
      else if ('refused' in expected)
        assert.deepEqual(
          deadLetters.map(letter => letter.code),
          [expected.refused],
        )
      else {
        assert.deepEqual(
          deadLetters.map(letter => letter.message),
          [],
        )
        assert.equal(rows.length, expected.attempts.length)
        for (const [index, facts] of expected.attempts.entries()) {
          const row = rows[index] as unknown as Record<string, unknown>
          const found = Object.fromEntries(Object.keys(facts).map(column => [column, row[column]]))
          assert.deepEqual(found, facts)
          assert.equal(row['dialect'], example.dialect)
        }
      }
    })
  }

  test('every line, taken out of its envelope, is recognised by one dialect alone: its own', () => {
    for (const example of examples) {
      for (const { value } of openLines(accessRecord(textOfExample(example)), anyTime)) {
        const names = dialects.filter(dialect => dialect.recognises(value as Line) !== false).map(dialect => dialect.name)
        // Higress writes plain lines in Envoy's own form.
        const own = example.name === 'plain-line-of-the-same-gateway' ? 'envoy' : example.dialect
        assert.deepEqual(names, [own], `${example.dialect}/${example.name}`)
      }
    }
  })

  test('every dialect has examples, and each names columns, its reason and a reference', () => {
    assert.deepEqual([...new Set(examples.map(example => example.dialect))].sort(), dialects.map(dialect => dialect.name).sort())
    for (const { dialect, name, guards_against, reference, expected } of examples) {
      assert.match(guards_against, /^[A-Z0-9“‘"].*\.$/s, `${dialect}/${name}`)
      for (const part of reference.split('; ')) assert.match(part, /^([\w.-]+\/[\w.-]+#\d+|trap \d+)$/, `${dialect}/${name}`)
      for (const facts of 'attempts' in expected ? expected.attempts : []) {
        for (const column of Object.keys(facts)) assert.ok(attemptContentColumns.includes(column as never), `${dialect}/${name}: ${column}`)
      }
    }
  })

  test('every trap that a line can hold has an example, and no example names another', () => {
    const named = new Set(examples.flatMap(example => [...example.reference.matchAll(/trap (\d+)/g)].map(match => Number(match[1]))))
    const ofLines = traps.filter(trap => trap.about === 'lines').map(trap => trap.no)
    assert.deepEqual(
      [...named].sort((a, b) => a - b),
      ofLines,
    )
  })

  test('bent in any place, each line still ends as rows, one dead letter or one skip, and the same each time', () => {
    const objects = examples.filter(({ line }) => typeof line === 'object')
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(null, '', '-', 'None', 0, -1, 1e300, '9007199254740993', 'x'.repeat(600), [], {}, [[]], '{', '\ud800'),
    )
    const bent = fc
      .tuple(fc.constantFrom(...objects), fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), value)
      .map(([{ line }, path, replacement]) => JSON.stringify(bend(line, path, replacement)))
    fc.assert(
      fc.property(bent, line => {
        const once = decodeAccessLog(accessRecord(line), anyTime)
        assert.deepEqual(decodeAccessLog(accessRecord(line), anyTime), once)
        assert.equal(new Set(once.rows.map(row => row.line_no)).size + once.deadLetters.length + once.skipped.length, once.lines)
        for (const letter of once.deadLetters) assert.notEqual(letter.code, 'LINE_NOT_READ', `${letter.message} in ${line}`)
        for (const row of once.rows) {
          assert.ok(row.cached_input_tokens + row.cache_write_tokens <= row.input_tokens && row.reasoning_tokens <= row.output_tokens, line)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('parts never exceed their whole, and no prompt or answer is kept', () => {
    for (const row of examples.flatMap(example => outcomeOf(example).rows)) {
      assert.ok(row.cached_input_tokens + row.cache_write_tokens <= row.input_tokens, row.request_id)
      assert.ok(row.reasoning_tokens <= row.output_tokens && row.cache_write_1h_tokens <= row.cache_write_tokens, row.request_id)
      assert.ok(!/"(messages|prompt|content|response)":/.test(row.extra), row.extra)
    }
  })
})

/** The value with one of its inner values replaced: at each level the step picks a member. */
function bend(value: unknown, path: readonly number[], replacement: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return replacement
  const keys = Object.keys(value)
  const key = keys[step % Math.max(1, keys.length)]
  if (key === undefined) return replacement
  const inner = bend((value as Record<string, unknown>)[key], rest, replacement)
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner }
}

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { readOtlpRequest } from '../../../schemas/otlp/read-request.ts'
import { type Signal, signals } from '../../../schemas/otlp/signals.ts'
import { NotReadable } from '../../../schemas/protobuf/read-binary.ts'
import { jsonOf, protobufOf } from '../../fixtures/wire.ts'

const all = ['logs', 'traces', 'metrics'] as const
const fromJson = (value: unknown, signal: Signal = 'logs', onFault?: (message: string) => void) =>
  readOtlpRequest(Buffer.from(JSON.stringify(value)), signals[signal], false, onFault)
const oneLog = (record: unknown) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })
const logOf = (record: unknown) => {
  const { resourceLogs } = fromJson(oneLog(record)) as { resourceLogs: { scopeLogs: { logRecords: unknown[] }[] }[] }
  return resourceLogs[0]?.scopeLogs[0]?.logRecords[0]
}

suite('OTLP export requests', () => {
  for (const signal of all) {
    test(`${signal}: protobuf and JSON of the collector’s library are read into the same, which is its JSON`, () => {
      const expected = jsonOf(signal)
      assert.deepEqual(readOtlpRequest(protobufOf(signal), signals[signal], true), expected)
      assert.deepEqual(fromJson(expected, signal), expected)
    })
  }

  test('what JSON may spell in several ways is read into one', () => {
    assert.deepEqual(
      logOf({
        time_unix_nano: 1780315200123456, // small enough to be exact as a number
        observedTimeUnixNano: '01780315200123456789',
        severity_number: 'SEVERITY_NUMBER_WARN',
        trace_id: '5B8EFFF798038103D269B633813FC60C',
        spanId: '',
        flags: '1',
        droppedAttributesCount: null,
        attributes: [
          { key: 'n', value: { int_value: 5 } },
          { key: 'd', value: { doubleValue: '1.5' } },
        ],
        aFieldOfTheFuture: { x: 1 },
      }),
      {
        timeUnixNano: '1780315200123456',
        observedTimeUnixNano: '1780315200123456789',
        severityNumber: 13,
        traceId: '5b8efff798038103d269b633813fc60c',
        flags: 1,
        attributes: [
          { key: 'n', value: { intValue: '5' } },
          { key: 'd', value: { doubleValue: 1.5 } },
        ],
      },
    )
  })

  test('names that every object inherits are no fields and no enum names', () => {
    assert.deepEqual(logOf({ constructor: 1, toString: 'x' }), {})
    assert.throws(() => logOf({ severityNumber: 'constructor' }), NotReadable)
    assert.equal(Object.getPrototypeOf(logOf(JSON.parse('{"__proto__": {"polluted": 1}}'))), Object.prototype)
  })

  const faulty: readonly [unknown, RegExp][] = [
    [{ timeUnixNano: 1.5 }, /resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[0\]\.timeUnixNano is number, expected an integer/],
    [{ timeUnixNano: '12a' }, /the text "12a", expected an integer/],
    [{ traceId: 'xyz' }, /expected hexadecimal/],
    [{ attributes: {} }, /attributes is object, expected an array/],
    [{ attributes: [null] }, /attributes\[0\] is null, expected an object/],
    [{ severityText: 5 }, /severityText is number, expected text/],
    [{ severityNumber: 'LOUD' }, /expected a number or a name/],
    [{ body: { boolValue: 'true' } }, /expected true or false/],
    [{ body: { doubleValue: 'one' } }, /expected a number/],
    [{ body: { bytesValue: '!' } }, /expected base64/],
  ]
  test('a faulty record is left out and told with its place; its neighbours stay', () => {
    for (const [record, message] of faulty) {
      assert.throws(() => logOf(record), message)
      const told: string[] = []
      const good = { severityText: 'good' }
      const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [good, record, good] }] }] }
      assert.deepEqual(
        fromJson(request, 'logs', fault => told.push(fault)),
        { resourceLogs: [{ scopeLogs: [{ logRecords: [good, good] }] }] },
      )
      assert.equal(told.length, 1)
    }
  })

  test('values nested without end are refused in both encodings, unread', () => {
    let nested: unknown = { stringValue: 'x' }
    for (let depth = 0; depth < 200; depth++) nested = { arrayValue: { values: [nested] } }
    assert.throws(() => logOf({ body: nested }), /nested deeper than 64/)
    // body (field 5) of AnyValue whose arrayValue (5) holds values (1) of AnyValue …, built from the inside out
    let bytes = Buffer.alloc(0)
    const wrap = (tag: number, inner: Buffer) => Buffer.concat([Buffer.from([tag, (inner.length & 0x7f) | 0x80, inner.length >> 7]), inner])
    for (let depth = 0; depth < 100; depth++) bytes = wrap(0x2a, wrap(0x0a, bytes))
    const request = wrap(0x0a, wrap(0x12, wrap(0x12, wrap(0x2a, bytes))))
    assert.throws(() => readOtlpRequest(request, signals.logs, true), /nested deeper than 64/)
  })

  test('millions of empty messages are refused, not built', () => {
    const request = Buffer.alloc(2_100_000)
    for (let at = 0; at < request.length; at += 2) request[at] = 0x0a
    assert.throws(
      () => readOtlpRequest(request, signals.logs, true),
      (error: unknown) => error instanceof NotReadable && error.isTooLarge,
    )
  })

  test('no cut and no changed byte of a good request makes anything but a request or NotReadable', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(255),
        fc.boolean(),
        (signal, where, byte, isCut) => {
          const good = protobufOf(signal)
          const at = Math.floor(where * (good.length - 1))
          const bytes = isCut ? good.subarray(0, at) : Buffer.from(good).fill(byte, at, at + 1)
          try {
            assert.equal(typeof readOtlpRequest(bytes, signals[signal], true), 'object')
          } catch (error) {
            assert.ok(error instanceof NotReadable, String(error))
          }
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('no bytes and no JSON break the reader', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map(text => Buffer.from(text)),
        ),
        fc.boolean(),
        (signal, bytes, isBinary) => {
          try {
            assert.equal(typeof readOtlpRequest(bytes, signals[signal], isBinary), 'object')
          } catch (error) {
            assert.ok(error instanceof NotReadable, String(error))
          }
        },
      ),
    )
  })
})

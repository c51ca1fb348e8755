import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { parseExposition } from '../../../../schemas/metrics/engines/exposition.ts'
import { adapterReading } from '../../../../schemas/metrics/readings/adapter-readings.ts'
import { groupReadings, type Reading } from '../../../../schemas/metrics/readings/reading.ts'

const reading = (name: string, labels: Record<string, string>, value = 1, atMs = 1_000): Reading => ({
  name,
  labels: new Map(Object.entries(labels)),
  value,
  atMs,
})

suite('readings grouped by target', () => {
  test('the pool is the label pool, else the model, else the job; the endpoint is the instance', () => {
    const { groups } = groupReadings([
      reading('a', { pool: 'p', model_name: 'm', job: 'j', instance: 'h:1', region: 'eu', inference_engine: 'nim' }),
      reading('a', { model_name: 'm', job: 'j', instance: 'h:1' }),
      reading('a', { job: 'j', instance: 'h:1' }),
      reading('a', {}),
    ])
    assert.deepEqual(
      groups.map(({ pool, endpoint, region, engine }) => [pool, endpoint, region, engine]),
      [
        ['p', 'h:1', 'eu', 'nim'],
        ['m', 'h:1', '', ''],
        ['j', 'h:1', '', ''],
        ['default', '', '', ''],
      ],
    )
  })

  test('values of one target at two times are two expositions, written as Prometheus writes them', () => {
    const labels = { pool: 'p', instance: 'h:1', le: '0.5' }
    const { groups } = groupReadings([
      reading('b', labels, 0.1, 5),
      reading('a', labels, Number.POSITIVE_INFINITY, 5),
      reading('b', labels, 1e21, 7),
    ])
    assert.deepEqual(
      groups.map(({ atMs, text }) => [atMs, text]),
      [
        [5, 'b{instance="h:1",le="0.5",pool="p"} 0.1 5\na{instance="h:1",le="0.5",pool="p"} +Inf 5\n'],
        [7, 'b{instance="h:1",le="0.5",pool="p"} 1e+21 7\n'],
      ],
    )
  })

  test('a value sent twice counts once; another value for the same series and time is a conflict, and the first is kept', () => {
    const { groups, conflicts } = groupReadings([reading('a', { x: '1' }, 3), reading('a', { x: '1' }, 3), reading('a', { x: '1' }, 4)])
    assert.deepEqual([groups.length, groups[0]?.text, groups[0]?.readings, conflicts], [1, 'a{x="1"} 3 1000\n', 1, 1])
  })

  test('whatever labels and values hold, the text reads back as what was given', () => {
    const labels = fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,5}$/), fc.string({ unit: 'grapheme' }), { maxKeys: 4 })
    fc.assert(
      fc.property(labels, fc.double({ noNaN: true }), (given, value) => {
        const text = groupReadings([reading('series:name', given, value)]).groups[0]?.text ?? ''
        const { series, errors } = parseExposition(text)
        if (Object.values(given).some(label => /[\0\r]/.test(label))) return
        assert.deepEqual(errors, [])
        assert.deepEqual([Object.fromEntries(series[0]?.labels ?? []), series[0]?.value], [{ ...given }, value === 0 ? 0 : value])
      }),
    )
  })
})

suite('samples of prometheus-kafka-adapter', () => {
  const message = (changes: object) => ({
    timestamp: '2026-06-01T12:00:00Z',
    value: '3.5',
    name: 'up',
    labels: { __name__: 'up', job: 'vllm' },
    ...changes,
  })

  test('a sample is read with its labels, without __name__', () => {
    const read = adapterReading(message({}))
    assert.ok(read !== null && typeof read === 'object')
    assert.deepEqual([read.name, [...read.labels], read.value, read.atMs], ['up', [['job', 'vllm']], 3.5, Date.UTC(2026, 5, 1, 12)])
    assert.equal((adapterReading(message({ value: '+Inf' })) as Reading).value, Number.POSITIVE_INFINITY)
    assert.equal((adapterReading(message({ value: '-1e-3' })) as Reading).value, -0.001)
  })

  test('NaN says nothing; what is wrong is told; another object is none of them', () => {
    assert.equal(adapterReading(message({ value: 'NaN' })), null)
    assert.match(String(adapterReading(message({ value: 'many' }))), /value is "many"/)
    assert.match(String(adapterReading(message({ value: '' }))), /value is ""/)
    assert.match(String(adapterReading(message({ timestamp: 'soon' }))), /timestamp is "soon"/)
    assert.match(String(adapterReading(message({ name: '1 2' }))), /name is "1 2"/)
    for (const other of [null, 5, [], {}, { timestamp: 1, value: 1, name: 'x' }, { models: [] }])
      assert.equal(adapterReading(other), undefined)
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signals } from '../../../schemas/otlp/signals.ts'
import { buildOtlpPieces } from '../../../services/ingest/otlp/pieces.ts'

const limits = { maxRecordBytes: 1e6, maxWorkBytes: 1e9, maxMessageWorkBytes: 1e9, maxMessageBytes: 1e6, maxMessageRecords: 1e6 }

test('what records share is written once a message, however many there are, and comes again where another stood between', () => {
  const resourceGroup = { resource: { attributes: [{ key: 'host', value: { stringValue: 'a' } }] } }
  const [scopeGroup, otherScope] = [{ scope: { name: 'one' } }, { scope: { name: 'two' } }]
  const pieces = buildOtlpPieces(signals.logs, limits)
  for (const group of [scopeGroup, scopeGroup, otherScope, scopeGroup])
    assert.equal(pieces.add({ resourceGroup, scopeGroup: group, record: { severityNumber: 9 } }), undefined)
  const record = { severityNumber: 9 }
  assert.deepEqual(
    pieces.messages().map(message => JSON.parse(message.toString())),
    [
      {
        resourceLogs: [
          {
            ...resourceGroup,
            scopeLogs: [
              { ...scopeGroup, logRecords: [record, record] },
              { ...otherScope, logRecords: [record] },
              { ...scopeGroup, logRecords: [record] },
            ],
          },
        ],
      },
    ],
  )
})

test('a full message is closed, and the next one says again whose records it holds', () => {
  const [resourceGroup, scopeGroup] = [{ resource: { attributes: [] } }, { scope: { name: 'one' } }]
  const pieces = buildOtlpPieces(signals.logs, { ...limits, maxMessageRecords: 2 })
  for (let record = 0; record < 3; record++) pieces.add({ resourceGroup, scopeGroup, record: { severityNumber: record } })
  const messages = pieces.messages().map(message => JSON.parse(message.toString()))
  assert.deepEqual(
    messages.map(({ resourceLogs: [one] }) => [one.resource, one.scopeLogs[0].scope, one.scopeLogs[0].logRecords.length]),
    [2, 1].map(count => [resourceGroup.resource, scopeGroup.scope, count]),
  )
})

test('of a large resource a message holds few records: who reads it has each of them with its resource in memory', () => {
  const resourceGroup = { resource: { attributes: [{ key: 'k', value: { stringValue: 'x'.repeat(100_000) } }] } }
  const scopeGroup = { scope: { name: 'one' } }
  const pieces = buildOtlpPieces(signals.logs, { ...limits, maxMessageWorkBytes: 1e6 })
  for (let record = 0; record < 95; record++) pieces.add({ resourceGroup, scopeGroup, record: { severityNumber: record } })
  const records = pieces.messages().map(message => JSON.parse(message.toString()).resourceLogs[0].scopeLogs[0].logRecords.length)
  assert.deepEqual(records, [...Array(10).fill(9), 5])
})

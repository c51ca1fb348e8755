import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asSentence, countInWords, timeInWords } from '../../services/answers/in-words.ts'

test('figures of sentences are grouped, and times have the unit that one would say', () => {
  assert.deepEqual([0, 7_166, 1_234_567.4].map(countInWords), ['0', '7,166', '1,234,567'])
  assert.deepEqual([0, 840.4, 6_276, 32_425, 240_000].map(timeInWords), ['0 ms', '840 ms', '6.3 s', '32 s', '4 min'])
  assert.deepEqual(['all routes', '', 'ärger'].map(asSentence), ['All routes', '', 'Ärger'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupedDecimal, type TextColumn, textTable } from '../../services/platform/text-table.ts'

const columns: TextColumn[] = [
  { heading: 'model', cell: row => row['model'] as string },
  { heading: 'tokens', cell: row => row['tokens'] as number },
  { heading: 'cost', isNumber: true, cell: row => row['cost'] as string },
]
const rows = [
  { model: '2026', tokens: 1_234_567, cost: '1234.5' },
  { model: 'gpt-4o', tokens: 3, cost: '0.00459' },
  { model: '7', tokens: 0, cost: null },
]

test('numbers are flush right with their thousands apart, decimals stand point below point, names stay as they are', () => {
  assert.deepEqual(textTable(columns, rows), [
    'model      tokens         cost',
    '──────  ─────────  ───────────',
    '2026    1,234,567  1,234.5',
    'gpt-4o          3      0.00459',
    '7               0      –',
  ])
})

test('totals stand under a line of their own, for all rows, and leave blank what they do not have', () => {
  const total = { model: 'total', cost: '1234.50459' }
  assert.deepEqual(textTable(columns, rows, 1, [total]), [
    'model     tokens         cost',
    '─────  ─────────  ───────────',
    '2026   1,234,567  1,234.5',
    '… and 2 more rows (--format json has all)',
    '─────  ─────────  ───────────',
    'total             1,234.50459',
  ])
})

test('only the whole part of an exact decimal is grouped, and no digit is lost', () => {
  const expected = {
    '0': '0',
    '999': '999',
    '1000': '1,000',
    '-1234567.000001': '-1,234,567.000001',
    '12345678901234567890.5': '12,345,678,901,234,567,890.5',
  }
  for (const [text, grouped] of Object.entries(expected)) assert.equal(groupedDecimal(text), grouped)
  for (const text of ['', '–', 'gpt-4o', '1e9', '1,000']) assert.equal(groupedDecimal(text), text)
})

test('a table of a great many lines is written', () => {
  const rows = Array.from({ length: 200_000 }, (_, number) => ({ number }))
  const lines = textTable(
    [
      { heading: 'number', cell: row => row['number'] as number },
      { heading: 'cost', isNumber: true, cell: () => '1.5' },
    ],
    rows,
    Number.POSITIVE_INFINITY,
  )
  assert.equal(lines.length, 200_002)
  assert.equal(lines.at(-1)?.split(/ +/)[0], '199,999')
})

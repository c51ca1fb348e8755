/** A mapping file (YAML): which columns of a plain CSV say what. */
import { parseDocument } from 'yaml'
import { AppError } from '../../../platform/errors.ts'
import type { InvoiceFormat } from './formats.ts'

const COLUMNS = ['model', 'day', 'kind', 'cost', 'quantity'] as const
const KEYS = ['provider', 'currency', 'currency_column', 'quantity_unit', ...COLUMNS]

/**
 * Reads the text. INVOICE_INVALID, with file and line, for a key that is not known, a value that is no text, or no `cost` and no
 * `quantity`.
 */
export function readMapping(text: string, name: string): InvoiceFormat {
  const document = parseDocument(text, { uniqueKeys: true })
  const [syntax] = document.errors
  const fail = (line: number, words: string) => new AppError('INVOICE_INVALID', `${name}:${line}: ${words}`)
  if (syntax) throw fail(syntax.linePos?.[0].line ?? 1, syntax.message.split('\n')[0] ?? 'not YAML')
  const map: unknown = document.toJS()
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw fail(1, `expected a mapping with ${KEYS.join(', ')}`)
  const lines = text.split('\n')
  const values = new Map<string, string>()
  for (const [key, value] of Object.entries(map)) {
    const line =
      Math.max(
        0,
        lines.findIndex(one => one.trimStart().startsWith(key)),
      ) + 1
    if (!KEYS.includes(key)) throw fail(line, `"${key}" is no key of a mapping; known are ${KEYS.join(', ')}`)
    if (typeof value !== 'string' && typeof value !== 'number') throw fail(line, `${key}: expected the name of a column`)
    values.set(key, String(value))
  }
  const unit = values.get('quantity_unit') ?? '1'
  if (!/^[1-9]\d{0,8}$/.test(unit)) throw fail(1, `quantity_unit: "${unit}" is no number of tokens; expected 1, 1000 or 1000000`)
  if (!values.has('cost') && !values.has('quantity')) throw fail(1, 'expected cost, quantity or both')
  const columnOf = (key: string) => (values.has(key) ? [values.get(key) as string] : [])
  const needed = COLUMNS.filter(key => values.has(key)).map(columnOf)
  return {
    title: `CSV as ${name} maps it`,
    source: name,
    provider: values.get('provider') ?? '',
    recognised_by: [...needed, ...(values.has('currency_column') ? [columnOf('currency_column')] : [])],
    model: columnOf('model'),
    day: columnOf('day'),
    text: columnOf('kind'),
    cost: columnOf('cost'),
    currency: values.has('currency_column') ? columnOf('currency_column') : (values.get('currency') ?? 'USD'),
    quantity: columnOf('quantity'),
    quantity_unit: Number(unit),
  }
}

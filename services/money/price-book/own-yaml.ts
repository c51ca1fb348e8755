/**
 * Own prices as YAML: a list `prices` of entries with the columns of a price, and defaults for all of them beside it. An entry gives one
 * price (`token_kind`, `unit_price`), or several at once (`per_million_tokens`, `per_token`, `per_unit`: kind → price), or says
 * `withdrawn: true`.
 */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar, type YAMLMap } from 'yaml'
import { AppError } from '../../platform/errors.ts'
import { FieldFault, MILLION_TOKENS, OWN_COLUMNS, type OwnColumn, type OwnFields, ownPriceRow } from './own-row.ts'
import { type PriceFile, type PriceFileSettings, take } from './price-file.ts'

/** Columns that may stand beside `prices` and then hold for every entry. */
const SHARED = ['provider', 'currency', 'service_tier', 'valid_from', 'valid_to', 'source'] as const satisfies readonly OwnColumn[]
/** Maps of kind → price, and the unit of their prices. */
const MAPS: Readonly<Record<string, string>> = { per_million_tokens: MILLION_TOKENS, per_token: 'token', per_unit: '' }

/** Reads the text. PRICE_INVALID, with file and line, when it is no YAML or not of this shape; a faulty price is refused in the result. */
export function readOwnYaml(text: string, settings: PriceFileSettings): PriceFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const placeOf = (node: Node | null | undefined) => `${settings.name}:${node?.range ? lines.linePos(node.range[0]).line : 1}`
  const fail = (place: string, words: string) => new AppError('PRICE_INVALID', `${place}: ${words}`)
  const [syntax] = document.errors
  if (syntax) throw fail(`${settings.name}:${syntax.linePos?.[0].line ?? 1}`, syntax.message.split('\n')[0] ?? 'not YAML')
  const root = document.contents
  if (!isMap(root)) throw fail(placeOf(root as Node | null), 'expected a mapping with a list "prices"')
  const top = root as YAMLMap<Node, Node>
  const list = top.get('prices', true)
  if (!isSeq(list)) throw fail(placeOf((list ?? top) as Node), 'expected a list "prices"')
  const shared = readFields(top, ['prices'], SHARED)
  if ('fault' in shared) throw fail(placeOf(shared.fault), shared.words)
  const file: PriceFile = { format: 'yaml', models: list.items.length, rows: [], places: new Map(), refused: [], skipped: [], rounded: 0 }
  for (const item of list.items as Node[]) {
    const entry = isMap(item) ? readEntry(item as YAMLMap<Node, Node>) : { fault: item, words: 'expected a mapping' }
    if ('fault' in entry) {
      file.refused.push({ place: placeOf(entry.fault), model: modelOf(item), field: 'entry', value: '', reason: entry.words })
      continue
    }
    for (const { node, fields } of entry.prices) {
      try {
        take(file, ownPriceRow({ ...shared.fields, ...fields }, settings), placeOf(node))
      } catch (error) {
        if (!(error instanceof FieldFault)) throw error
        const value = error.field === 'row' ? '' : (fields[error.field] ?? '')
        file.refused.push({ place: placeOf(node), model: modelOf(item), field: error.field, value, reason: error.message })
      }
    }
  }
  return file
}

/** What is not understood, and where. */
interface Fault {
  fault: Node
  words: string
}

/** One price of an entry: the node it stands at, and its texts. */
interface OwnPrice {
  node: Node
  fields: OwnFields
}

function readEntry(entry: YAMLMap<Node, Node>): { prices: OwnPrice[] } | Fault {
  const common = readFields(entry, [...Object.keys(MAPS), 'withdrawn'], OWN_COLUMNS)
  if ('fault' in common) return common
  const prices: OwnPrice[] = []
  for (const [name, unit] of Object.entries(MAPS)) {
    const map = entry.get(name, true) as Node | undefined
    if (map === undefined) continue
    if (!isMap(map)) return { fault: map, words: `${name}: expected token kind: price, such as input: 2.5` }
    for (const { key, value } of (map as YAMLMap<Node, Node>).items) {
      const unit_price = textOf(value)
      if (unit_price === undefined) return { fault: key, words: `${name}.${textOf(key)}: expected a price` }
      prices.push({ node: key, fields: { ...common.fields, token_kind: textOf(key) ?? '', unit, unit_price } })
    }
  }
  const withdrawn = textOf((entry.get('withdrawn', true) ?? null) as Node | null)
  if (withdrawn === undefined || !['', 'true', 'false'].includes(withdrawn))
    return { fault: entry, words: 'withdrawn: expected true or false' }
  if (withdrawn === 'true') prices.push({ node: entry, fields: { ...common.fields, token_kind: 'withdrawn' } })
  if (common.fields.token_kind !== undefined) prices.push({ node: entry, fields: common.fields })
  if (prices.length === 0)
    return { fault: entry, words: `no price: expected ${Object.keys(MAPS).join(', ')}, token_kind with unit_price, or withdrawn` }
  return { prices }
}

/** The texts of the keys `known`; keys of `others` are left to the caller, any further one is a fault. */
function readFields(map: YAMLMap<Node, Node>, others: readonly string[], known: readonly OwnColumn[]): { fields: OwnFields } | Fault {
  const fields: OwnFields = {}
  for (const { key, value } of map.items) {
    const name = textOf(key) ?? ''
    if (others.includes(name)) continue
    const column = known.find(one => one === name)
    if (column === undefined) return { fault: key, words: `"${name}" is no key here; known are ${[...others, ...known].join(', ')}` }
    const text = textOf(value)
    if (text === undefined) return { fault: value ?? key, words: `${name}: expected one value` }
    fields[column] = text
  }
  return { fields }
}

/** The text of a scalar as it stands in the file, so that no price passes through a float; null is ''. */
function textOf(node: Node | null | undefined): string | undefined {
  if (node === null) return ''
  if (!isScalar(node)) return undefined
  const { value, source } = node as Scalar
  if (value === null) return ''
  return typeof value === 'string' ? value : (source ?? String(value))
}

function modelOf(item: Node): string {
  const model = isMap(item) ? (item as YAMLMap<Node, Node>).get('model') : undefined
  return typeof model === 'string' ? model : ''
}

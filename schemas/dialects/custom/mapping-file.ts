import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml'
import { AppError } from '../../../services/platform/errors.ts'
import { AttemptContent } from '../../attempt.ts'
import type { FieldRule, Transform } from '../dialect.ts'
import { defaultTransform } from './default-transform.ts'

/** A user's own dialect as its YAML file says it, checked. docs/custom-dialects.md describes the file. */
export interface Mapping {
  name: string
  /** Top-level fields that a line of this dialect has, all of them. */
  recognise: readonly string[]
  /** Whether the source's input and output counts include cached and reasoning tokens. */
  tokens: 'inclusive' | 'exclusive'
  constants: Readonly<Record<string, string | number | boolean>>
  fields: Readonly<Record<string, FieldRule>>
  /** Field whose values tell how the attempt ended, for sources without a status code. */
  outcome: { field: string; values: Readonly<Record<string, string>> } | undefined
  dropped: readonly string[]
}

const TRANSFORMS: readonly Transform[] = [
  'text',
  'count',
  'ms',
  's',
  'us',
  'ns',
  'flag',
  'decimal_text',
  'billed_units',
  'price_modifiers',
  'iso_time',
  'epoch_ms',
  'epoch_ns',
  'utc_or_epoch_s',
  'time',
]
const KEYS = ['name', 'recognise', 'tokens', 'constants', 'fields', 'outcome', 'dropped']
const OUTCOMES = ['ok', 'error', 'rejected', 'cancelled']
/** Besides the columns a table may name the source's own total, to check the parts against. */
const EXTRA_TARGETS = ['total_tokens']
const COMPUTED = new Set(['extra', 'is_sole_row'])
const columns = Object.keys(AttemptContent.properties).filter(name => !COMPUTED.has(name))

/** Reads a mapping file. Throws DIALECT_FILE_INVALID that names every fault with file and line, and what was expected. */
export function parseMapping(text: string, file: string): Mapping {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const faults: string[] = []
  const fault = (node: Node | null | undefined, words: string) => {
    const line = node?.range ? lines.linePos(node.range[0]).line : 1
    faults.push(`${file}:${line}: ${words}`)
  }
  for (const error of document.errors) faults.push(`${file}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`)
  const root = document.contents
  if (faults.length === 0 && !isMap(root)) fault(root as Node | null, `expected a mapping with ${KEYS.join(', ')}`)
  const mapping = isMap(root) ? readRoot(root as YAMLMap<Node, Node>, fault) : undefined
  if (faults.length > 0 || mapping === undefined) throw new AppError('DIALECT_FILE_INVALID', faults.join('\n'))
  return mapping
}

type Fault = (node: Node | null | undefined, words: string) => void

function readRoot(root: YAMLMap<Node, Node>, fault: Fault): Mapping {
  for (const { key } of root.items)
    if (!KEYS.includes(textOf(key))) fault(key, `"${textOf(key)}" is no key of a dialect file; known are ${KEYS.join(', ')}`)
  const at = (name: string) => root.get(name, true) as Node | undefined
  const name = textOf(at('name'))
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(name))
    fault(at('name') ?? root, 'name: expected lower-case letters, digits, - and _, such as my-gateway')
  const recognise = listOf(at('recognise'))
  if (recognise.length === 0)
    fault(at('recognise') ?? root, 'recognise: expected a list of field names that every line of this dialect has')
  const tokens = textOf(at('tokens')) || 'inclusive'
  if (tokens !== 'inclusive' && tokens !== 'exclusive')
    fault(at('tokens'), 'tokens: expected inclusive (input contains cached tokens) or exclusive')
  const fields = readFields(at('fields'), fault, root)
  const constants = readConstants(at('constants'), fault)
  for (const needed of ['tenant_id', 'request_id', 'started_at']) {
    if (fields[needed] === undefined && constants[needed] === undefined)
      fault(at('fields') ?? root, `fields: ${needed} is needed: name the field that it comes from`)
  }
  if (fields['reported_cost'] !== undefined && fields['reported_currency'] === undefined && constants['reported_currency'] === undefined)
    fault(at('fields'), 'fields: reported_cost needs reported_currency, a field or a constant such as USD')
  return {
    name,
    recognise,
    tokens: tokens as Mapping['tokens'],
    fields,
    constants,
    outcome: readOutcome(at('outcome'), fault),
    dropped: listOf(at('dropped')),
  }
}

function readFields(node: Node | undefined, fault: Fault, root: Node): Record<string, FieldRule> {
  if (!isMap(node)) {
    fault(node ?? root, 'fields: expected canonical field: source field, one a line')
    return {}
  }
  const fields: Record<string, FieldRule> = {}
  for (const { key, value } of (node as YAMLMap<Node, Node>).items) {
    const target = textOf(key)
    if (!columns.includes(target) && !EXTRA_TARGETS.includes(target)) {
      fault(key, `"${target}" is no canonical field; they are listed in docs/custom-dialects.md (nearest: ${nearest(target)})`)
      continue
    }
    const from = isMap(value) ? listOf(value.get('from', true) as Node) : listOf(value)
    const as = isMap(value) ? textOf(value.get('as', true) as Node) : ''
    if (from.length === 0) fault(value ?? key, `${target}: expected a source field, a list of them, or {from: …, as: …}`)
    if (as !== '' && !TRANSFORMS.includes(as as Transform))
      fault(value, `${target}: "${as}" is no unit or form; expected one of ${TRANSFORMS.join(', ')}`)
    fields[target] = { from, as: (as || defaultTransform(target)) as Transform }
  }
  return fields
}

function readConstants(node: Node | undefined, fault: Fault): Record<string, string | number | boolean> {
  const constants: Record<string, string | number | boolean> = {}
  if (node !== undefined && !isMap(node)) fault(node, 'constants: expected canonical field: value, one a line')
  for (const { key, value } of isMap(node) ? (node as YAMLMap<Node, Node>).items : []) {
    const target = textOf(key)
    const given = isScalar(value) ? value.value : undefined
    if (!columns.includes(target)) fault(key, `"${target}" is no canonical field (nearest: ${nearest(target)})`)
    else if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean')
      fault(value ?? key, `${target}: expected one value`)
    else constants[target] = given
  }
  return constants
}

function readOutcome(node: Node | undefined, fault: Fault): Mapping['outcome'] {
  if (node === undefined) return undefined
  const field = isMap(node) ? textOf(node.get('field', true) as Node) : ''
  if (!isMap(node) || field === '') {
    fault(node, 'outcome: expected {field: …, ok: [values], error: [values], rejected: [values], cancelled: [values]}')
    return undefined
  }
  const values: Record<string, string> = {}
  for (const { key, value } of (node as YAMLMap<Node, Node>).items) {
    const outcome = textOf(key)
    if (outcome === 'field') continue
    if (!OUTCOMES.includes(outcome)) fault(key, `outcome: "${outcome}" is none of ${OUTCOMES.join(', ')}`)
    for (const told of listOf(value)) values[told] = outcome
  }
  return { field, values }
}

function textOf(node: unknown): string {
  return isScalar(node) && node.value !== null && node.value !== undefined ? String(node.value) : ''
}

function listOf(node: unknown): string[] {
  if (isSeq(node)) return node.items.map(textOf).filter(item => item !== '')
  const single = textOf(node)
  return single === '' ? [] : [single]
}

function nearest(name: string): string {
  const parts = name.toLowerCase().split(/[^a-z0-9]+/)
  const scored = columns.map(column => ({ column, score: parts.filter(part => part.length > 2 && column.includes(part)).length }))
  return scored.sort((a, b) => b.score - a.score)[0]?.column ?? ''
}

/**
 * YAML files of operators, held against the schemas that docs publish: every fault is told with its line, all at once. The
 * schemas use plain JSON Schema: object, record, array, string, number, boolean, union, literal.
 */
import type { Static, TSchema } from 'typebox'
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { AppError, type ErrorCode } from './errors.ts'
import { nearestName } from './nearest.ts'

/** Where a value stands in its document: keys and positions from the root. */
export type Path = readonly (string | number)[]

/** Notes a fault at a value, for what a schema cannot say. */
export type Fault = (path: Path, words: string) => void

/** What is known of a schema here. */
interface Facts {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: Facts
  readonly anyOf?: readonly Facts[]
  readonly properties?: Readonly<Record<string, Facts>>
  readonly patternProperties?: Readonly<Record<string, Facts>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  /** Its text may be a secret: never shown. */
  readonly writeOnly?: boolean
}

interface Noted {
  readonly node: Node
  readonly words: string
}

/**
 * Reads a document. `check` runs on what fits the schema and notes what else is wrong. Throws `code` with all faults, one a line: file,
 * line, where and what was expected; a key that is not known is told with the nearest one. An empty document reads as an empty mapping.
 */
export function readCheckedYaml<S extends TSchema>(
  text: string,
  source: { file: string; schema: S; code: ErrorCode },
  check: (value: Static<S>, fault: Fault) => void,
): Static<S> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const faults = document.errors.map(error => `${source.file}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`)
  const tell = ({ node, words }: Noted) => faults.push(`${source.file}:${node.range ? lines.linePos(node.range[0]).line : 1}: ${words}`)
  const root = (document.contents ?? document.createNode({})) as Node
  let value: unknown
  if (faults.length === 0) {
    const read = readNode(root, source.schema as Facts, [])
    for (const fault of read.faults) tell(fault)
    value = read.value
  }
  if (faults.length === 0)
    check(value as Static<S>, (path, words) => tell({ node: nodeAt(root, path), words: `${nameOf(path)}: ${words}` }))
  if (faults.length > 0) throw new AppError(source.code, faults.join('\n'))
  return value as Static<S>
}

interface Read {
  readonly value: unknown
  readonly faults: readonly Noted[]
}

function readNode(node: Node, facts: Facts, path: Path): Read {
  if (facts.anyOf) return readUnion(node, facts, path)
  if (facts.type === 'object') return readMap(node, facts, path)
  if (facts.type === 'array') return readList(node, facts, path)
  return readScalar(node, facts, path)
}

function readMap(node: Node, facts: Facts, path: Path): Read {
  const [ofAny] = Object.values(facts.patternProperties ?? {})
  const known = Object.keys(facts.properties ?? {})
  if (!isMap<Node, Node | null>(node)) return broken(node, path, `expected a mapping${ofAny ? '' : ` with ${known.join(', ')}`}`)
  const faults: Noted[] = []
  const entries: [string, unknown][] = []
  for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
    const name = isScalar(key) ? String(key.value) : ''
    const schema = facts.properties?.[name] ?? ofAny
    if (schema === undefined) {
      if (facts.additionalProperties === false) faults.push({ node: key, words: unknownKey(name, known, path) })
      continue
    }
    const read = readNode(value ?? key, value === null ? { ...schema, const: NOTHING } : schema, [...path, name])
    faults.push(...read.faults)
    entries.push([name, read.value])
  }
  const missing = (facts.required ?? []).filter(name => !node.has(name))
  for (const name of missing) {
    const what = facts.properties?.[name]
    faults.push({ node, words: `${nameOf([...path, name])} is missing, expected ${what ? expected(what) : 'a value'}` })
  }
  return { value: Object.fromEntries(entries), faults }
}

/** A key without a value: nothing equals it. */
const NOTHING = Symbol('nothing')

function unknownKey(name: string, known: readonly string[], path: Path): string {
  const nearest = nearestName(name, known)
  const remedy = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`
  return `"${name.slice(0, 60)}" is no key of ${nameOf(path)}; ${remedy}`
}

function readList(node: Node, facts: Facts, path: Path): Read {
  if (!isSeq<Node>(node)) return broken(node, path, `expected ${expected(facts)}`)
  const reads = node.items.map((item, index) => readNode(item, facts.items ?? {}, [...path, index]))
  const faults = reads.flatMap(read => read.faults)
  if (node.items.length < (facts.minItems ?? 0)) faults.push({ node, words: `${nameOf(path)}: expected at least ${facts.minItems}` })
  if (node.items.length > (facts.maxItems ?? Infinity)) faults.push({ node, words: `${nameOf(path)}: expected at most ${facts.maxItems}` })
  return { value: reads.map(read => read.value), faults }
}

/** Of the members the one that its fixed words (`kind: slack`) name, else the one with the fewest faults. */
function readUnion(node: Node, facts: Facts, path: Path): Read {
  const members = facts.anyOf ?? []
  const named = isMap<Node>(node) ? members.filter(member => namesItself(member, node)) : members
  if (named.length === 0) return broken(node, path, `expected ${expected(facts)}`)
  const [first, ...others] = named.map(member => readNode(node, member, path))
  if (first === undefined) return broken(node, path, 'expected a value')
  const best = others.reduce((one, other) => (other.faults.length < one.faults.length ? other : one), first)
  const isOfOtherType = best.faults.length > 0 && best.faults.every(fault => fault.node === node)
  return isOfOtherType && !isMap(node) ? broken(node, path, `expected ${expected(facts)}`) : best
}

function namesItself(member: Facts, node: Node & { get(key: string): unknown }): boolean {
  const words = Object.entries(member.properties ?? {}).filter(([, { const: word }]) => word !== undefined)
  return words.every(([key, { const: word }]) => node.get(key) === word)
}

function readScalar(node: Node, facts: Facts, path: Path): Read {
  const value = isScalar(node) ? node.value : undefined
  if (isScalar(node) && fits(value, facts)) return { value, faults: [] }
  const isShown = !facts.writeOnly && isScalar(node) && facts.const !== NOTHING
  return broken(node, path, `${isShown ? `${JSON.stringify(value)?.slice(0, 80)} is not ` : 'expected '}${expected(facts)}`)
}

function fits(value: unknown, facts: Facts): boolean {
  if (facts.const !== undefined && value !== facts.const) return false
  if (facts.enum !== undefined && !facts.enum.includes(value)) return false
  if (facts.type === 'boolean') return typeof value === 'boolean'
  if (facts.type === 'number' || facts.type === 'integer') {
    if (typeof value !== 'number' || !Number.isFinite(value) || (facts.type === 'integer' && !Number.isInteger(value))) return false
    return value >= (facts.minimum ?? -Infinity) && value <= (facts.maximum ?? Infinity)
  }
  if (typeof value !== 'string') return facts.type === undefined && facts.const !== undefined
  const isLong = value.length >= (facts.minLength ?? 0) && value.length <= (facts.maxLength ?? Infinity)
  return isLong && (facts.pattern === undefined || new RegExp(facts.pattern, 'u').test(value))
}

/** What a schema expects, in words. */
function expected(facts: Facts): string {
  if (typeof facts.const === 'string') return facts.const
  if (facts.description) return facts.description
  if (facts.enum) return `one of ${facts.enum.join(', ')}`
  if (facts.anyOf) return kindsOf(facts.anyOf) ?? [...new Set(facts.anyOf.map(expected))].join(', or ')
  if (facts.type === 'array') return facts.items ? `a list, each ${expected(facts.items)}` : 'a list'
  if (facts.type === 'object') return 'a mapping'
  if (facts.type === 'boolean') return 'true or false'
  if (facts.type === 'string') return facts.pattern ? `text that matches ${facts.pattern}` : 'text (in quotes where it is digits)'
  return 'a number'
}

/** Members that are told apart by a fixed word are told by these: "kind: one of log, slack". */
function kindsOf(members: readonly Facts[]): string | undefined {
  const words = members.flatMap(({ properties = {} }) => Object.entries(properties).filter(([, one]) => typeof one.const === 'string'))
  const [first] = words
  return first && words.length === members.length ? `${first[0]}: one of ${words.map(([, one]) => one.const).join(', ')}` : undefined
}

function broken(node: Node, path: Path, words: string): Read {
  return { value: undefined, faults: [{ node, words: `${nameOf(path)}: ${words}` }] }
}

function nodeAt(root: Node, path: Path): Node {
  let node = root
  for (const step of path) {
    const next: unknown = isMap(node) || isSeq(node) ? node.get(step, true) : undefined
    if (typeof next !== 'object' || next === null) return node
    node = next as Node
  }
  return node
}

function nameOf(path: Path): string {
  const name = path.map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
  return name === '' ? 'the document' : name.replace(/^\./, '')
}

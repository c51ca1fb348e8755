/**
 * Reads a line by a dialect's table. The line's own fields are walked once and looked up in a tree of the names that the table knows,
 * so the cost follows the size of the line and not the number of alternative names.
 */
import { AppError } from '../../services/platform/errors.ts'
import type { AttemptContent } from '../attempt.ts'
import { type Dialect, type FieldRule, isAbsent, type Line } from './dialect.ts'
import { extraText } from './extra.ts'
import { ownIdentity } from './own-identity.ts'
import { converterOf, invalidField } from './transforms.ts'

interface Use {
  slot: number
  /** Position in the rule's list of sources; the lowest that is given wins. */
  rank: number
  none: readonly unknown[] | undefined
}

interface Name {
  uses: Use[]
  children: Map<string, Name> | undefined
  isKept: boolean
}

interface Slot {
  target: string
  isFact: boolean
  rule: FieldRule
  convert: ReturnType<typeof converterOf>
}

/** A dialect ready to read lines. */
export interface Reader {
  dialect: Dialect
  names: Map<string, Name>
  slots: readonly Slot[]
  dropped: ReadonlySet<string>
  emptyFacts: Record<string, unknown>
}

/** What a line gave: canonical values, facts, and the rest of it as JSON text. */
export interface Reading {
  values: Partial<AttemptContent>
  facts: Record<string, unknown>
  /** The path that gave tenant_id; '' where none did. */
  tenantFrom: string
  extra: string
}

/** Prepares a dialect's table once. */
export function buildReader(dialect: Dialect): Reader {
  const names = new Map<string, Name>()
  const slots: Slot[] = []
  const addAll = (table: object, isFact: boolean) => {
    for (const [target, rule] of Object.entries(table) as [string, FieldRule][]) {
      const slot = slots.push({ target, isFact, rule, convert: converterOf(rule.as) }) - 1
      for (const [rank, path] of rule.from.entries()) nameAt(names, path).uses.push({ slot, rank, none: rule.none })
    }
  }
  addAll(dialect.fields, false)
  addAll(dialect.facts, true)
  for (const path of dialect.kept ?? []) nameAt(names, path).isKept = true
  const emptyFacts = Object.fromEntries(Object.entries(dialect.facts).map(([name, rule]) => [name, rule.as === 'text' ? '' : null]))
  return { dialect, names, slots, dropped: new Set(dialect.dropped), emptyFacts }
}

/**
 * Reads what the table names of a line (`opened`, as the dialect has opened it). Throws LINE_FIELD_INVALID for a value of the wrong form,
 * LINE_FIELD_MISSING for an absent request_id or started_at.
 */
export function readFields(reader: Reader, opened: Line, line: Line): Reading {
  const walk: Walk = { reader, raw: new Array(reader.slots.length).fill(undefined), ranks: [], leftovers: [] }
  walkTop(walk, opened)
  const values: Record<string, unknown> = {}
  const facts: Record<string, unknown> = { ...reader.emptyFacts }
  let tenantFrom = ''
  for (let index = 0; index < reader.slots.length; index += 1) {
    const raw = walk.raw[index]
    if (raw === undefined) continue
    const slot = reader.slots[index] as Slot
    const value = slot.convert(raw)
    if (value === undefined) throw invalidField(slot.rule.from[walk.ranks[index] as number] as string, raw, slot.rule.as)
    if (slot.isFact) facts[slot.target] = value
    else values[slot.target] = value
    if (slot.target === 'tenant_id') tenantFrom = slot.rule.from[walk.ranks[index] as number] as string
  }
  if (reader.dialect.mayLackId === true) values['request_id'] ??= ownIdentity(line)
  for (const identity of ['request_id', 'started_at'] as const) {
    if (values[identity] === undefined) throw missingField(reader.dialect, tenantFrom === '' ? 'tenant_id' : identity)
  }
  return { values, facts, tenantFrom, extra: extraText(walk.leftovers) }
}

/**
 * Which source field each value of a line comes from: canonical field or fact → path. For people who want to know why; decoding has no need
 * of it.
 */
export function sourcesOf(reader: Reader, line: Line): Readonly<Record<string, string>> {
  const walk: Walk = { reader, raw: new Array(reader.slots.length).fill(undefined), ranks: [], leftovers: [] }
  walkTop(walk, line)
  const found = reader.slots.flatMap((slot, index) =>
    walk.raw[index] === undefined ? [] : [[slot.target, slot.rule.from[walk.ranks[index] as number] as string]],
  )
  return Object.fromEntries(found)
}

interface Walk {
  reader: Reader
  raw: unknown[]
  ranks: number[]
  leftovers: [string, unknown][]
}

function walkTop(walk: Walk, line: Line): void {
  for (const key of Object.keys(line)) {
    const value = line[key]
    if (isAbsent(value)) continue
    const name = walk.reader.names.get(key)
    if (name !== undefined) take(walk, name, value, key)
    else if (!walk.reader.dropped.has(key) && !isEmptyList(value)) walk.leftovers.push([key, value])
  }
}

function take(walk: Walk, name: Name, value: unknown, path: string): void {
  // A name that some versions write as a text and others as an object: the object is read by its parts only.
  const isRead = name.children === undefined || typeof value !== 'object'
  for (const use of isRead ? name.uses : []) {
    const held = walk.ranks[use.slot]
    if (walk.raw[use.slot] !== undefined && held !== undefined && held <= use.rank) continue
    if (use.none?.includes(value)) continue
    walk.raw[use.slot] = value
    walk.ranks[use.slot] = use.rank
  }
  if (name.isKept) walk.leftovers.push([path, value])
  if (name.children === undefined || typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) {
    const child = name.children.get(key)
    if (child === undefined) continue
    const inner = (value as Line)[key]
    if (!isAbsent(inner)) take(walk, child, inner, `${path}/${key}`)
  }
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function nameAt(names: Map<string, Name>, path: string): Name {
  let level = names
  let name: Name | undefined
  for (const step of path.split('/')) {
    if (name !== undefined) {
      name.children ??= new Map()
      level = name.children
    }
    name = level.get(step)
    if (name === undefined) {
      name = { uses: [], children: undefined, isKept: false }
      level.set(step, name)
    }
  }
  return name as Name
}

/** What is said of a line without a field that every attempt must have. */
export function missingField(dialect: Dialect, field: 'tenant_id' | 'request_id' | 'started_at'): AppError {
  const sources = dialect.fields[field]?.from.join(', ') ?? ''
  const remedy =
    field === 'tenant_id' ? ' To charge such lines: WEIR_DEFAULT_TENANT=NAME (a report: --tenant NAME), or rules: docs/tenants.md.' : ''
  return new AppError('LINE_FIELD_MISSING', `${field} is missing; the dialect ${dialect.name} reads it from ${sources}.${remedy}`)
}

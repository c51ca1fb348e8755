/**
 * What storing a price file would change, and whether it may. Rules: an import replaces the whole list of each model it names, from the
 * rows' valid_from on; models it does not name keep theirs, but a list (LiteLLM's, OpenRouter's) also ends those that came with an
 * earlier list of its form. Nothing is edited: every import is a version of its own, and a model whose list stays as it is gets no rows
 * in it.
 */
import { type ImportRules, type RowFault, rowFaults } from './import-faults.ts'
import { listChanges, type PriceChange, toChange } from './price-changes.ts'
import type { PriceFile, RefusedPrice } from './price-file.ts'
import { listInForce, listText, nextChange } from './price-lists.ts'
import { describeRow, type PriceRow } from './price-row.ts'

/** What would be stored. `rows` are those of models whose list changes, and one per model that is withdrawn. */
export interface ImportPlan {
  rows: PriceRow[]
  changes: PriceChange[]
  refused: RefusedPrice[]
  unchanged_models: number
  /** Models that keep their own prices although the list names them. */
  kept_own: string[]
}

const LISTS = ['litellm', 'openrouter']
const OWN = ['yaml', 'csv']

/** Plans the import of `file` into the book whose rows are `stored`. Deterministic and free of effects. */
export function planImport(file: PriceFile, stored: readonly PriceRow[], rules: ImportRules): ImportPlan {
  const plan: ImportPlan = { rows: [], changes: [], refused: [...file.refused], unchanged_models: 0, kept_own: [] }
  const oldLists = Map.groupBy(stored, modelKey)
  const newLists = Map.groupBy(file.rows, modelKey)
  const refusedModels = new Set(file.refused.map(({ model }) => model))
  for (const [key, rows] of newLists) {
    const [first] = rows as [PriceRow]
    const old = oldLists.get(key) ?? []
    const fromMs = rows.reduce((least, row) => Math.min(least, row.valid_from), first.valid_from)
    const before = listInForce(old, fromMs)
    if (LISTS.includes(file.format) && !rules.overrideOwn && before.some(row => OWN.includes(lineOf(row)))) {
      plan.kept_own.push(first.model)
      continue
    }
    if (isUnchanged(rows, old, fromMs, file)) {
      plan.unchanged_models++
      continue
    }
    const faults = rowFaults(rows, old, rules)
    plan.refused.push(...faults.map(fault => toRefused(fault, file)))
    // A model with a refused price keeps the list it has; where it has none, the rest of its prices is better than nothing.
    if (faults.length > 0 || (refusedModels.has(first.model) && before.length > 0)) continue
    plan.changes.push(...listChanges(rows, old, fromMs))
    plan.rows.push(...rows.map(row => ({ ...row, version: rules.version })))
  }
  if (LISTS.includes(file.format)) withdrawMissing(file, { oldLists, newLists, refusedModels }, rules, plan)
  return plan
}

/** Lists name no validity, so the same prices say nothing new; an own file may also end, or go on with, what is in force. */
function isUnchanged(rows: readonly PriceRow[], old: readonly PriceRow[], fromMs: number, file: PriceFile): boolean {
  const before = listInForce(old, fromMs)
  const isSame = listText(rows.filter(row => row.token_kind !== 'withdrawn')) === listText(before)
  if (LISTS.includes(file.format)) return isSame
  const goesOn = rows.every(row => row.valid_from === fromMs && row.valid_to === null) && before.every(row => row.valid_to === null)
  return isSame && goesOn && nextChange(old, fromMs, null) === undefined && before.length > 0
}

/** Lists by model key, and the models with a refused price. */
interface Lists {
  oldLists: ReadonlyMap<string, readonly PriceRow[]>
  newLists: ReadonlyMap<string, readonly PriceRow[]>
  refusedModels: ReadonlySet<string>
}

/** Models of an earlier list of this form that the new one no longer names have no price from its beginning on. */
function withdrawMissing(file: PriceFile, { oldLists, newLists, refusedModels }: Lists, rules: ImportRules, plan: ImportPlan): void {
  const [first] = file.rows
  if (first === undefined) return
  for (const [key, old] of oldLists) {
    const before = listInForce(old, first.valid_from)
    const [sample] = before
    if (sample === undefined || newLists.has(key) || refusedModels.has(sample.model) || lineOf(sample) !== file.format) continue
    const { valid_from, valid_to, source } = first
    const nothing = {
      service_tier: '',
      min_input_tokens: 0,
      threshold_operator: '>',
      region_factor: '',
      modifier_factor: '',
      unit: 'none',
      unit_price: '0',
    } as const
    plan.rows.push({ ...sample, ...nothing, token_kind: 'withdrawn', valid_from, valid_to, source, version: rules.version })
    plan.changes.push(...before.map(row => toChange('dropped', { ...row, valid_from }, row.unit_price, null)))
  }
}

function toRefused({ row, field, value, reason }: RowFault, file: PriceFile): RefusedPrice {
  return { place: file.places.get(row) ?? describeRow(row), model: row.model, field, value, reason }
}

/** The form of the file that a row came with: the first word of its source. */
function lineOf(row: PriceRow): string {
  return row.source.split(' ', 1)[0] ?? ''
}

function modelKey(row: PriceRow): string {
  return `${row.provider}\n${row.model}`
}

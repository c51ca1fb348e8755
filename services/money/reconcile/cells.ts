/** Lines of both sides → cells: what is compared with what. */
import type { Decimal } from '../decimal.ts'
import type { Cause } from './causes.ts'
import type { ChargedLine, InvoiceLine } from './invoice-line.ts'
import { buildModelKeys } from './model-match.ts'

/** Quantity and amount of one side. */
export interface Side {
  /** null: their export tells none. */
  quantity: Decimal | null
  cost: Decimal
}

/** One provider × model × day × kind. The sides shrink while causes are found; `causes` sums to what was taken off the difference. */
export interface Cell {
  provider: string
  /** In which names of one model are equal; '': all models. */
  model_key: string
  /** As the invoice calls it, the first of several names in the order of the alphabet; what it does not name, as we do. */
  model: string
  /** '': the whole period. */
  day: string
  /** '': all kinds. */
  kind: string
  theirs: Side | null
  ours: (Side & { quantity: Decimal; wasted_quantity: Decimal; wasted_cost: Decimal; book_prices: readonly Decimal[] }) | null
  /** What rounding their amounts can make. */
  tolerance: Decimal
  causes: Map<Cause, Decimal>
}

/** What every line of the export tells, and so what is compared. */
export interface Grain {
  has_model: boolean
  has_day: boolean
  has_kind: boolean
}

const UNIT = 10n ** 18n
/** Kinds that are part of another where the export does not name them. */
const PART_OF: Readonly<Record<string, string>> = { reasoning: 'output', cache_write_1h: 'cache_write' }

/** The finest grain that the lines of the export have in common; fees and credits do not count. */
export function grainOf(theirs: readonly InvoiceLine[]): Grain {
  const metered = theirs.filter(line => line.kind !== 'other' && line.kind !== 'discount')
  return {
    has_model: metered.length > 0 && metered.every(line => line.model !== ''),
    has_day: metered.length > 0 && metered.every(line => line.day !== ''),
    has_kind: metered.length > 0 && metered.every(line => line.kind !== ''),
  }
}

/** Where a line belongs: provider, key of the model, day and kind, '' for what the grain does not tell apart. */
export type PlaceOf = (line: InvoiceLine | ChargedLine) => readonly [provider: string, modelKey: string, day: string, kind: string]

/** The places of both sides' lines. */
export function buildPlaces(theirs: readonly InvoiceLine[], ours: readonly ChargedLine[], grain: Grain): PlaceOf {
  const named = new Set(theirs.map(line => line.kind))
  const keyOf = buildModelKeys(
    theirs.map(line => line.model),
    ours.map(line => line.models),
  )
  return line => {
    const isOurs = 'models' in line
    const kind = isOurs && !named.has(line.kind) ? (PART_OF[line.kind] ?? line.kind) : line.kind
    const isApart = kind === 'other' || kind === 'discount'
    return [
      line.provider,
      grain.has_model || isApart ? keyOf(isOurs ? line.models : [line.model]) : '',
      grain.has_day ? line.day : '',
      grain.has_kind || isApart ? kind : '',
    ]
  }
}

/** The cells, ordered by provider, model, kind and day. A line lands in exactly one cell, so the sides' totals are those of the lines. */
export function buildCells(theirs: readonly InvoiceLine[], ours: readonly ChargedLine[], grain: Grain): Cell[] {
  const cells = new Map<string, Cell>()
  const placeOf = buildPlaces(theirs, ours, grain)
  const [theirNames, ourNames] = [new Map<string, string>(), new Map<string, string>()]
  const cellOf = (line: InvoiceLine | ChargedLine, name: string) => {
    const [provider, model_key, day, kind] = placeOf(line)
    const names = 'models' in line ? ourNames : theirNames
    const known = names.get(model_key)
    if (model_key !== '' && (known === undefined || name < known)) names.set(model_key, name)
    const key = JSON.stringify([provider, model_key, day, kind])
    const cell = cells.get(key) ?? { provider, model_key, model: '', day, kind, theirs: null, ours: null, tolerance: 0n, causes: new Map() }
    cells.set(key, cell)
    return cell
  }
  const perLine = toleranceOf(theirs)
  for (const line of ours) addOurs(cellOf(line, line.models[0] ?? ''), line)
  // Where a report of usage stands beside one of costs, only the first tells quantities.
  const metered = new Set(theirs.filter(line => line.cost === null && line.quantity !== null).map(line => cellOf(line, line.model)))
  for (const line of theirs) {
    const cell = cellOf(line, line.model)
    addTheirs(cell, line.quantity === null && metered.has(cell) ? { ...line, quantity: 0n } : line, perLine)
  }
  for (const cell of cells.values()) cell.model = theirNames.get(cell.model_key) ?? ourNames.get(cell.model_key) ?? ''
  const sortKey = (cell: Cell) => [cell.provider, cell.model_key, cell.kind, cell.day].join('\n')
  return [...cells.values()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
}

function addOurs(cell: Cell, line: ChargedLine): void {
  const to = cell.ours ?? { quantity: 0n, cost: 0n, wasted_quantity: 0n, wasted_cost: 0n, book_prices: [] }
  cell.ours = {
    quantity: to.quantity + line.quantity,
    cost: to.cost + line.cost,
    wasted_quantity: to.wasted_quantity + line.wasted_quantity,
    wasted_cost: to.wasted_cost + line.wasted_cost,
    book_prices: [...new Set([...to.book_prices, ...(line.book_prices ?? [])])],
  }
}

function addTheirs(cell: Cell, line: InvoiceLine, perLine: Decimal): void {
  const to = cell.theirs ?? { quantity: 0n, cost: 0n }
  const quantity = to.quantity === null || line.quantity === null ? null : to.quantity + line.quantity
  cell.theirs = { quantity, cost: to.cost + (line.cost ?? 0n) }
  cell.tolerance += perLine
}

/**
 * Half a unit of the last digit that any of their amounts has: a file with millionths was not rounded to cents. At least the 12th digit,
 * because amounts that went through a float are off by more than the 18th.
 */
function toleranceOf(theirs: readonly InvoiceLine[]): Decimal {
  const digits = theirs.reduce((most, line) => Math.max(most, line.cost_digits), 2)
  return UNIT / 10n ** BigInt(Math.min(digits, 12)) / 2n
}

/**
 * Cells → causes. Each step moves an amount out of a cell's difference into one cause, so causes and difference stay equal to the last
 * digit.
 */
import { DAY } from '../../platform/clock.ts'
import { type Decimal, multiply } from '../decimal.ts'
import type { Cause } from './causes.ts'
import type { Cell, Side } from './cells.ts'

/**
 * Finds the causes of all cells of one provider and model. Changes the cells: afterwards the causes of each sum to its whole difference.
 */
export function explainModel(cells: readonly Cell[]): void {
  for (const sameDay of Map.groupBy(cells, cell => cell.day).values()) moveCachedInput(sameDay)
  for (const sameKind of Map.groupBy(cells, cell => cell.kind).values()) moveBetweenDays(sameKind)
  for (const cell of cells) {
    takeCredits(cell)
    takeFailures(cell)
    takeOneSided(cell)
    takeUncounted(cell)
    takeRest(cell)
  }
}

/** Cached tokens that their input holds: moved out of it at their price, against what we charged for them. */
function moveCachedInput(cells: readonly Cell[]): void {
  const input = cells.find(cell => cell.kind === 'input')
  if (!input?.theirs) return
  for (const kind of ['cached_input', 'cache_write', 'cache_write_1h']) {
    const cell = cells.find(one => one.kind === kind)
    const cached = cell?.ours?.quantity ?? 0n
    const excess = (input.theirs.quantity ?? 0n) - (input.ours?.quantity ?? 0n)
    if (!cell?.ours || cached <= 0n || excess <= 0n) continue
    if (!cell.theirs || cell.theirs.quantity === 0n) {
      if (excess < cached) continue
      give(input, 'cache_convention', take(input.theirs, cached))
      give(cell, 'cache_convention', -cell.ours.cost)
      cell.ours = null
    } else if (isNear(excess, cached)) {
      takeCountedTwice(input, cached)
    }
  }
}

/** Their input counts the cached tokens too. Whether it bills them twice is told by its price: the one nearer to ours is meant. */
function takeCountedTwice(input: Cell, cached: Decimal): void {
  const { theirs, ours } = input
  if (!theirs || theirs.quantity === null || !ours || ours.quantity === 0n) return
  const worthOf = (quantity: Decimal) => part(ours.cost, quantity, ours.quantity)
  const [gross, net] = [worthOf(theirs.quantity), worthOf(theirs.quantity - cached)]
  if (distance(theirs.cost, net) <= distance(theirs.cost, gross)) theirs.quantity -= cached
  else give(input, 'cache_convention', take(theirs, cached))
}

/**
 * An excess on one day and a lack on the next (or the other way round) is one cut at another hour: moved to the other day, amounts cancel.
 */
function moveBetweenDays(cells: readonly Cell[]): void {
  const byDay = new Map(cells.filter(cell => cell.day !== '').map(cell => [cell.day, cell]))
  for (const day of [...byDay.keys()].sort()) {
    const next = byDay.get(new Date(Date.parse(day) + DAY).toISOString().slice(0, 10))
    const cell = byDay.get(day)
    if (!cell || !next) continue
    const [here, there] = [excessOf(cell), excessOf(next)]
    if (here === null || there === null || here.isOfCost !== there.isOfCost || here.amount > 0n === there.amount > 0n) continue
    if (here.amount === 0n || there.amount === 0n) continue
    const [from, to] = here.amount > 0n ? [cell, next] : [next, cell]
    const size = smaller(absolute(here.amount), absolute(there.amount))
    shift(from, to, size, here.isOfCost)
  }
}

function shift(from: Cell, to: Cell, size: Decimal, isOfCost: boolean): void {
  if (!from.theirs) return
  const cost = isOfCost ? size : take(from.theirs, size)
  if (isOfCost) from.theirs.cost -= size
  to.theirs = {
    quantity: isOfCost ? (to.theirs?.quantity ?? null) : (to.theirs?.quantity ?? 0n) + size,
    cost: (to.theirs?.cost ?? 0n) + cost,
  }
  give(from, 'time_zone_cut', cost)
  give(to, 'time_zone_cut', -cost)
}

/** What their side has more than ours: tokens, or money where they tell no tokens; null: neither can be said. */
function excessOf(cell: Cell): { amount: Decimal; isOfCost: boolean } | null {
  if (cell.kind === 'other' || cell.kind === 'discount') return null
  const theirs = cell.theirs ?? { quantity: 0n, cost: 0n }
  if (theirs.quantity !== null) return { amount: theirs.quantity - (cell.ours?.quantity ?? 0n), isOfCost: false }
  const amount = theirs.cost - (cell.ours?.cost ?? 0n)
  return absolute(amount) > cell.tolerance ? { amount, isOfCost: true } : null
}

function takeCredits(cell: Cell): void {
  if (cell.kind !== 'discount' || !cell.theirs) return
  give(cell, 'price_difference', cell.theirs.cost)
  cell.theirs = null
}

/** Tokens of failed attempts that they lack. */
function takeFailures(cell: Cell): void {
  const { ours } = cell
  const theirs = cell.theirs ?? { quantity: 0n, cost: 0n }
  if (!ours || ours.wasted_quantity === 0n) return
  if (theirs.quantity === null) {
    const lack = ours.cost - theirs.cost
    if (lack <= cell.tolerance || distance(lack, ours.wasted_cost) > cell.tolerance) return
    give(cell, 'billed_failures', -ours.wasted_cost)
    ours.cost -= ours.wasted_cost
    return
  }
  const lack = ours.quantity - theirs.quantity
  if (lack <= 0n) return
  const failed = smaller(lack, ours.wasted_quantity)
  const cost = part(ours.wasted_cost, failed, ours.wasted_quantity)
  give(cell, 'billed_failures', -cost)
  ours.quantity -= failed
  ours.cost -= cost
}

/** Tokens that only one side has. */
function takeOneSided(cell: Cell): void {
  const { theirs, ours } = cell
  if (theirs && !ours) {
    give(cell, 'not_seen', theirs.cost)
    cell.theirs = null
  } else if (ours && !theirs) {
    give(cell, 'not_billed', -ours.cost)
    cell.ours = null
  } else if (theirs && ours && theirs.quantity !== null) {
    const excess = theirs.quantity - ours.quantity
    if (excess > 0n) give(cell, 'not_seen', take(theirs, excess))
    if (excess < 0n) give(cell, 'not_billed', -take(ours, -excess))
  }
}

/**
 * An amount without a quantity, where the book tells the price it was billed at: the only one it has, the one at which it bills just what
 * we saw, or the only one at which it comes to whole units. The price is then one cause and the volume at that price another.
 */
function takeUncounted(cell: Cell): void {
  const { theirs, ours, tolerance } = cell
  if (!theirs || theirs.quantity !== null || !ours || ours.quantity <= 0n || distance(theirs.cost, ours.cost) <= tolerance) return
  const { book_prices, quantity } = ours
  const worth = (price: Decimal) => multiply(price, quantity)
  const isSame = (price: Decimal) => distance(theirs.cost, worth(price)) <= tolerance
  const isWhole = (price: Decimal) => {
    const over = price > 0n ? absolute(theirs.cost) % price : price
    return tolerance * 4n < price && (over <= tolerance || price - over <= tolerance)
  }
  const price = only(book_prices) ?? book_prices.find(isSame) ?? only(book_prices.filter(isWhole))
  if (price === undefined) return
  give(cell, 'price_difference', worth(price) - ours.cost)
  ours.cost = worth(price)
  const volume = theirs.cost - ours.cost
  if (absolute(volume) <= tolerance) return
  give(cell, volume > 0n ? 'not_seen' : 'not_billed', volume)
  theirs.cost = ours.cost
}

function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined
}

/** The quantities are equal now, or unknown. */
function takeRest(cell: Cell): void {
  const rest = (cell.theirs?.cost ?? 0n) - (cell.ours?.cost ?? 0n)
  if (rest === 0n) return
  const isPriced = cell.theirs?.quantity !== null && (cell.ours?.quantity ?? 0n) > 0n
  give(cell, absolute(rest) <= cell.tolerance ? 'rounding' : isPriced ? 'price_difference' : 'unexplained', rest)
}

function give(cell: Cell, cause: Cause, amount: Decimal): void {
  if (amount !== 0n) cell.causes.set(cause, (cell.causes.get(cause) ?? 0n) + amount)
}

/** Takes a quantity out of a side and gives its part of the cost; the whole of it takes the whole cost. */
function take(side: Side, quantity: Decimal): Decimal {
  const cost = part(side.cost, quantity, side.quantity ?? 0n)
  side.quantity = (side.quantity ?? 0n) - quantity
  side.cost -= cost
  return cost
}

/** `amount` × quantity / of, cut off after 18 digits: what is cut off stays where it was. */
function part(amount: Decimal, quantity: Decimal, of: Decimal): Decimal {
  return of === 0n ? 0n : (amount * quantity) / of
}

function isNear(a: Decimal, b: Decimal): boolean {
  return distance(a, b) * 100n <= absolute(b)
}

function distance(a: Decimal, b: Decimal): Decimal {
  return absolute(a - b)
}

function absolute(value: Decimal): Decimal {
  return value < 0n ? -value : value
}

function smaller(a: Decimal, b: Decimal): Decimal {
  return a < b ? a : b
}

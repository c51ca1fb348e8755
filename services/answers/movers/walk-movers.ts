/** Where in a tree of costs a change happened. */
import type { Decimal } from '../../money/decimal.ts'
import type { CellRequests, CostLeaf, Side } from './cost-leaf.ts'
import { sumOf } from './split-cost.ts'

/** What costs are told apart by, from the top of the tree. */
export const DIMENSIONS = ['route', 'tenant_id', 'model', 'token_kind'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** A part of all costs; what a dimension is not fixed to is all of it. */
export interface CostNode {
  readonly where: Readonly<Partial<Record<Dimension, string>>>
  readonly leaves: readonly CostLeaf[]
  readonly counts: readonly CellRequests[]
}

/**
 * Share of what moved that one child, or a list of them, must explain: as Adtributor's explanatory power cut (Bhagwan et al., NSDI 2014)
 * stops at 67 % of the change.
 */
const ENOUGH_PERCENT = 67n
/** Children listed at most. */
const MOST_CHILDREN = 10

type Keyed = Pick<CellRequests, 'route' | 'tenant_id' | 'request_model' | 'response_model'>
const namedBy: Readonly<Record<Exclude<Dimension, 'token_kind'>, (key: Keyed) => string>> = {
  route: ({ route }) => route,
  tenant_id: ({ tenant_id }) => tenant_id,
  model: ({ request_model, response_model }) => response_model || request_model,
}

/** The node's cost in the later period minus that in the earlier one. */
export function changeOf({ leaves }: CostNode): Decimal {
  return sumOf(leaves, 'after') - sumOf(leaves, 'before')
}

/** Requests of a node in a period. */
export function requestsOf({ counts }: CostNode, side: Side): { requests: Decimal; successful: Decimal } {
  return counts.reduce(
    (sum, count) => ({ requests: sum.requests + count[side].requests, successful: sum.successful + count[side].successful }),
    { requests: 0n, successful: 0n },
  )
}

/** The node's children by a dimension, the largest change first. */
export function childrenOf(node: CostNode, by: Dimension): CostNode[] {
  const key = by === 'token_kind' ? undefined : namedBy[by]
  const counts = key === undefined ? undefined : Map.groupBy(node.counts, key)
  const leaves = Map.groupBy(node.leaves, leaf => (key === undefined ? leaf.token_kind : key(leaf)))
  const names = new Set([...leaves.keys(), ...(counts?.keys() ?? [])])
  const children = [...names].map(name => ({
    where: { ...node.where, [by]: name },
    leaves: leaves.get(name) ?? [],
    counts: counts === undefined ? node.counts : (counts.get(name) ?? []),
    size: magnitude(sumOf(leaves.get(name) ?? [], 'after') - sumOf(leaves.get(name) ?? [], 'before')),
  }))
  return children
    .sort((a, b) => (a.size === b.size ? (String(a.where[by]) < String(b.where[by]) ? -1 : 1) : a.size > b.size ? -1 : 1))
    .map(({ size: _size, ...child }) => child)
}

/**
 * From the root down while one child holds two thirds of what moved, then the children that hold two thirds together. What moved is the sum
 * of rises and falls, so that a rise and a fall which cancel each other are both found. Gives the nodes on the way that differ from their
 * parent, then the children.
 */
export function walkMovers(root: CostNode): CostNode[] {
  const path: CostNode[] = []
  let node = root
  for (const by of DIMENSIONS) {
    const children = childrenOf(node, by)
    const [first] = children
    if (first === undefined) return path
    if (children.length === 1) {
      node = first
      continue
    }
    const moved = movedOf(children)
    if (moved === 0n || !isEnough(magnitude(changeOf(first)), moved)) return [...path, ...leading(children)]
    path.push(first)
    node = first
  }
  return path
}

/** Of nodes by size, those that hold two thirds of what moved. */
export function leading(children: readonly CostNode[], most = MOST_CHILDREN): CostNode[] {
  const moved = movedOf(children)
  const found: CostNode[] = []
  let held = 0n
  for (const child of children) {
    if (found.length === most || isEnough(held, moved) || changeOf(child) === 0n) break
    found.push(child)
    held += magnitude(changeOf(child))
  }
  return found
}

/** The sum of rises and falls. */
export function movedOf(nodes: readonly CostNode[]): Decimal {
  return nodes.reduce((sum, node) => sum + magnitude(changeOf(node)), 0n)
}

function isEnough(held: Decimal, moved: Decimal): boolean {
  return moved > 0n && held * 100n >= moved * ENOUGH_PERCENT
}

/** Without its sign. */
export function magnitude(value: Decimal): Decimal {
  return value < 0n ? -value : value
}

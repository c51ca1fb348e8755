import { sankey, sankeyJustify } from 'd3-sankey'

/** What flows: the places it goes through in order, and how much. */
export interface FlowRow {
  readonly path: readonly string[]
  readonly amount: number
}
/** A place at its depth: the same name at another depth is another place, so no circle can come about. */
export interface FlowNode {
  readonly key: string
  readonly name: string
  readonly depth: number
}
interface FlowLink {
  readonly source: string
  readonly target: string
  readonly value: number
}

/** Less than this share of everything is gathered under "other" at its depth. */
const LEAST_SHARE = 0.01

/** Places and bands of a flow, laid out in a box of this size. Empty for nothing. */
export function flowLayout(rows: readonly FlowRow[], size: { width: number; height: number }) {
  const { nodes, links } = chainGraph(rows) ?? flowGraph(rows)
  if (links.length === 0) return { nodes: [], links: [] }
  const layout = sankey<FlowNode, FlowLink>()
    .nodeId(node => node.key)
    .nodeAlign(sankeyJustify)
    .nodeWidth(10)
    .nodePadding(Math.min(18, size.height / 12))
    .extent([
      [1, 6],
      [size.width - 1, size.height - 6],
    ])
  return layout({ nodes: nodes.map(node => ({ ...node })), links: links.map(link => ({ ...link })) })
}

/** How deep a chain of bands goes at most; deeper ones come from a circle. */
const DEEPEST = 8

/**
 * The graph of rows that are single bands (from, to), where an end of one is the start of another; undefined: they are no chain, or go in
 * a circle.
 */
export function chainGraph(rows: readonly FlowRow[]): { nodes: FlowNode[]; links: FlowLink[] } | undefined {
  const bands = rows
    .filter(({ amount }) => amount > 0)
    .map(({ path: [source = '', target = ''], amount }) => ({ source, target, value: amount }))
  const sources = new Set(bands.map(({ source }) => source))
  if (rows.some(({ path }) => path.length !== 2) || !bands.some(({ target }) => sources.has(target))) return undefined
  const depths = new Map(bands.flatMap(({ source, target }) => [source, target]).map(name => [name, 0]))
  for (let round = 0, hasChanged = true; hasChanged; round++) {
    if (round > DEEPEST) return undefined
    hasChanged = false
    for (const { source, target } of bands) {
      const least = (depths.get(source) ?? 0) + 1
      if ((depths.get(target) ?? 0) >= least) continue
      depths.set(target, least)
      hasChanged = true
    }
  }
  return { nodes: [...depths].map(([name, depth]) => ({ key: name, name, depth })), links: bands }
}

/** The graph of the rows. */
export function flowGraph(rows: readonly FlowRow[]): { nodes: FlowNode[]; links: FlowLink[] } {
  const all = rows.reduce((sum, { amount }) => sum + amount, 0)
  const sums = new Map<string, number>()
  const keyOf = (depth: number, name: string) => `${depth} ${name}`
  for (const { path, amount } of rows)
    for (const [depth, name] of path.entries()) sums.set(keyOf(depth, name), (sums.get(keyOf(depth, name)) ?? 0) + amount)
  const nodes = new Map<string, FlowNode>()
  const links = new Map<string, FlowLink>()
  for (const { path, amount } of rows) {
    if (!(amount > 0)) continue
    const keys = path.map((given, depth) => {
      const name = (sums.get(keyOf(depth, given)) ?? 0) < all * LEAST_SHARE ? 'other' : given
      const key = keyOf(depth, name)
      if (!nodes.has(key)) nodes.set(key, { key, name, depth })
      return key
    })
    for (const [index, target] of keys.slice(1).entries()) {
      const source = keys[index] as string
      const old = links.get(`${source}\n${target}`)
      links.set(`${source}\n${target}`, { source, target, value: (old?.value ?? 0) + amount })
    }
  }
  return { nodes: [...nodes.values()], links: [...links.values()] }
}

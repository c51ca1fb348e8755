/**
 * Colours of series: Okabe and Ito's, which people with any kind of colour blindness tell apart, each as dark (or light) as 3:1 against the
 * page needs. Source: https://jfly.uni-koeln.de/color/. Marks repeat with dashes, so that colour is never all that tells them apart.
 */
const light = ['#0072b2', '#d55e00', '#00886a', '#b65c90', '#a67200', '#5b5fc7', '#6d7278'] as const
const dark = ['#5aaee6', '#f28a45', '#35c49d', '#dd9cc2', '#e5b13f', '#a3a6f5', '#a2a7ad'] as const

/** Series of a chart at most; what is more is gathered under "other". */
export const MOST_SERIES = 6

/** A colour for each name: the same on every page, as long as two of one chart do not claim the same. "other" is grey. */
export function coloursOf(names: readonly string[], isDark: boolean): ReadonlyMap<string, string> {
  const palette = isDark ? dark : light
  const hues = palette.length - 1
  const taken = new Set<number>()
  const found = new Map<string, string>()
  for (const name of names) {
    if (isOther(name)) {
      found.set(name, palette[hues] as string)
      continue
    }
    let at = hashOf(name) % hues
    for (let tries = 0; tries < hues && taken.has(at); tries++) at = (at + 1) % hues
    taken.add(at)
    found.set(name, palette[at] as string)
  }
  return found
}

/** Whether a name stands for all that have no name of their own in a chart. */
export function isOther(name: string): boolean {
  return /^other\b|^overflow$/.test(name)
}

/** Dashes of the nth line of a chart, in pixels; the first ones are whole. */
export function dashOf(index: number): number[] | undefined {
  return [undefined, undefined, undefined, [6, 3], [2, 3], [10, 3, 2, 3]][index % 6]
}

function hashOf(text: string): number {
  let hash = 2166136261
  for (const sign of text) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 16777619)
  return hash >>> 0
}

/** Of `names` the one that `word` was most likely meant to be: at most a third of its letters wrong, missing, added or swapped. */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined
  for (const name of names) {
    const distance = editDistance(word, name)
    if (distance * 3 <= Math.max(word.length, name.length) && (best === undefined || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}

/** Letters to change, add, take away or swap with their neighbour (optimal string alignment) that make one text the other. */
function editDistance(a: string, b: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j] ?? 0, (before[j - 2] ?? 0) + 1)
    }
    ;[before, row] = [row, next]
  }
  return row[b.length] ?? 0
}

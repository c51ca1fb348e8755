/** Which of our models is meant by a provider's name for it. */

/** Words that tell where or how a model runs, not which one it is (Bedrock's usage types, Azure's meters, Google's SKUs). */
const NOISE = new Set(
  'anthropic openai mistral meta cohere models publishers global glbl gl regnl dzone dz ga preview latest v us eu apac text'.split(' '),
)
const DATE = /20\d{2}-?\d{2}-?\d{2}|(?<=[-@ ])\d{4}(?=\b|$)|-v\d+(:\d+)?|@[\w.]+/g

/**
 * A form in which names of one model are equal: words and numbers without date, vendor, region and order, so that `Claude4.6Opus`,
 * `anthropic.claude-opus-4-6-v1:0` and `Claude Opus 4.6` are one. Two dated versions of a model are one as well.
 */
export function canonicalModel(name: string): string {
  const words =
    name
      .toLowerCase()
      .replace(DATE, ' ')
      .match(/[a-z]+|\d+/g) ?? []
  const kept = words.filter(word => !NOISE.has(word))
  return (kept.length > 0 ? kept : words).toSorted().join(' ')
}

/**
 * A function from names to keys: a name that both sides write the same keeps its own key, the others meet in their canonical form. So dated
 * versions stay apart where the invoice tells them apart.
 */
export function buildModelKeys(theirs: Iterable<string>, ours: Iterable<readonly string[]>): (names: readonly string[]) => string {
  const written = new Set([...theirs].map(name => name.toLowerCase()))
  const exact = new Set(
    [...ours].flatMap(names =>
      names
        .map(name => name.toLowerCase())
        .filter(name => written.has(name))
        .slice(0, 1),
    ),
  )
  return names => {
    const same = names.map(name => name.toLowerCase()).find(name => exact.has(name))
    return same ?? canonicalModel(names[0] ?? '')
  }
}

/** Names that a message says at most. */
const MOST_NAMES = 5

/** Names for readers: at most five, then how many more there are of `total`. */
export function listed(names: readonly string[], total: number = names.length): string {
  const told = names.slice(0, MOST_NAMES)
  const more = total - told.length
  return more > 0 ? `${told.join(', ')} (+${more} more)` : told.join(', ')
}

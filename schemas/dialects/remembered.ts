/** How many distinct texts a memory holds before it is emptied: gateways have few upstreams and models, and repeat their clients. */
const MEMORY_LIMIT = 8192
/** Longer texts are not names, and are computed each time. */
const TEXT_LIMIT = 256

/** The same pure function of a text, with its recent results kept. Bounded, so that a flood of new texts costs time and not memory. */
export function remembered<Result>(compute: (text: string) => Result): (text: string) => Result {
  const memory = new Map<string, Result>()
  return text => {
    if (text.length > TEXT_LIMIT) return compute(text)
    const known = memory.get(text)
    if (known !== undefined) return known
    if (memory.size >= MEMORY_LIMIT) memory.clear()
    const result = compute(text)
    memory.set(text, result)
    return result
  }
}

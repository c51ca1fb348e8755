/** From start (inclusive) to end (exclusive), ms; whole minutes. */
export interface Span {
  start_ms: number
  end_ms: number
}

/** Spans in order, those that touch or overlap put together: no minute is in two of them. */
export function disjoint(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const span of spans.toSorted((a, b) => a.start_ms - b.start_ms)) {
    const last = merged.at(-1)
    if (last && span.start_ms <= last.end_ms) last.end_ms = Math.max(last.end_ms, span.end_ms)
    else merged.push({ ...span })
  }
  return merged
}

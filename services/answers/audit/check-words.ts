/**
 * What checks share. Thresholds are ours, chosen so that a platform that does the thing passes with everyday noise; where another's rule
 * stands behind one, it is named there.
 */
import type { AuditFacts, TrafficFact } from './facts.ts'

/** Nearly all: what people mean by "every". */
export const NEARLY_ALL = 0.99
/** All but a twentieth. */
export const MOST = 0.95

/** Sum of a count over traffic. */
export const sumOf = (rows: readonly TrafficFact[], name: keyof TrafficFact): number =>
  rows.reduce((total, row) => total + Number(row[name]), 0)

/** Traffic to pools, or to providers. */
export const ofKind = ({ traffic }: AuditFacts, kind: 'pool' | 'provider'): TrafficFact[] =>
  traffic.filter(one => one.upstream_kind === kind)

/** Names in a sentence, at most five. */
export const listed = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')

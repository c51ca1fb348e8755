import type { Score } from './family.ts'

/** A row of the table: a score of a family by Weir or a baseline, over all its scenarios. */
export interface ScoreRow {
  readonly question: string
  readonly family: string
  readonly score: string
  readonly by: string
  readonly n: number
  /** Share right with its 95 % Wilson interval, or the median with the 10th and 90th percentile. */
  readonly result: string
}

/** A score with where it comes from. */
export interface Scored extends Score {
  readonly question: string
  readonly family: string
}

/** Scores → rows, in the order in which each first came; then those that several families of a question share, over all of them. */
export function scoreRows(scores: readonly Scored[]): ScoreRow[] {
  const over = (score: Scored) => ({ ...score, family: 'all of them' })
  const together = [...Map.groupBy(scores, ({ question, score, by }) => JSON.stringify([question, score, by])).values()]
  const shared = together.filter(group => new Set(group.map(({ family }) => family)).size > 1).flatMap(group => group.map(over))
  return rowsOf([...scores, ...shared])
}

function rowsOf(scores: readonly Scored[]): ScoreRow[] {
  const alike = Map.groupBy(scores, ({ question, family, score, by }) => JSON.stringify([question, family, score, by]))
  return [...alike.values()].map(group => {
    const { question, family, score, by } = group[0] as Scored
    const counted = group.filter(({ isRight, value }) => isRight !== undefined || value !== undefined)
    return { question, family, score, by, n: counted.length, result: resultOf(counted) }
  })
}

function resultOf(scores: readonly Scored[]): string {
  if (scores.length === 0) return 'nothing to score'
  const judged = scores.filter(({ isRight }) => isRight !== undefined)
  if (judged.length === scores.length) {
    const right = judged.filter(({ isRight }) => isRight).length
    const [low, high] = wilson95(right, judged.length)
    return `${right}/${judged.length} = ${percent(right / judged.length)} (${percent(low)} to ${percent(high)})`
  }
  const values = scores.flatMap(({ value }) => (value === undefined ? [] : [value])).sort((a, b) => a - b)
  const at = (share: number) => (values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN).toFixed(2)
  return `median ${at(0.5)} (${at(0.1)} to ${at(0.9)})`
}

/** Wilson's 95 % interval for `right` of `n`, written out here: what scores others shares no arithmetic with them. */
export function wilson95(right: number, n: number): [number, number] {
  const z = 1.959964
  const p = right / n
  const centre = p + (z * z) / (2 * n)
  const spread = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))
  return [(centre - spread) / (1 + (z * z) / n), (centre + spread) / (1 + (z * z) / n)]
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

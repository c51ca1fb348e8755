import type uPlot from 'uplot'
import { clockText, dayText, timeStep, type Zone } from '../words/times.ts'
import { unitText } from '../words/units.ts'
import { dashOf } from './colours.ts'

/** What a chart over time shows. Times are s; `from`, `to` and `settled` too. */
export interface PlotSubject {
  readonly kind: 'line' | 'area' | 'bars'
  readonly names: readonly string[]
  readonly colours: ReadonlyMap<string, string>
  readonly unit: string | undefined
  readonly thresholds: readonly { at: number; meaning: string }[]
  readonly fromS: number
  readonly toS: number
  readonly settledS: number | undefined
  readonly zone: Zone
}

/** Colours of lines and words of a chart, read from the page's style. */
export interface PlotInk {
  readonly text: string
  readonly grid: string
  readonly tail: string
  readonly surface: string
}

const FONT = '12px system-ui, sans-serif'

/** Options of the drawing library. Marks and words of the time axis are our own: its own are wrong where a zone has summer time. */
export function plotOptions(
  subject: PlotSubject,
  ink: PlotInk,
  size: { width: number; height: number },
  uplot: typeof uPlot,
): Omit<uPlot.Options, 'hooks'> {
  const { unit, kind, zone } = subject
  const bars = uplot.paths.bars?.({ size: [0.86, 60], align: 1, gap: 0 })
  const axis = { stroke: ink.text, font: FONT, grid: { stroke: ink.grid, width: 1 }, ticks: { show: false } }
  const most = Math.max(2, Math.floor(size.width / 90))
  return {
    ...size,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { show: kind === 'line', size: 7 } },
    scales: {
      x: { time: false, range: () => [subject.fromS, subject.toS] },
      y: { range: (_, low, high) => rangeOfValues(low, high, unit, subject.thresholds) },
    },
    series: [
      {},
      ...subject.names.map((name, index): uPlot.Series => {
        const stroke = subject.colours.get(name) ?? ink.text
        const line = { label: name, stroke, width: 2, spanGaps: false, points: { show: false } }
        if (kind === 'line')
          return {
            ...line,
            ...(dashOf(index) && { dash: dashOf(index) as number[] }),
            points: { show: true, size: 5, fill: stroke, stroke, filter: aloneIn },
          }
        return {
          ...line,
          stroke: kind === 'bars' ? ink.surface : stroke,
          fill: stroke,
          width: 1,
          ...(kind === 'bars' && bars && { paths: bars }),
        }
      }),
    ],
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        splits: () => timeMarks(subject, most),
        values: (_, marks) => marks.map(mark => markText(mark, subject, most, zone)),
      },
      {
        ...axis,
        size: (_, texts) => Math.max(36, ...(texts ?? []).map(text => 14 + text.length * 6.6)),
        values: (_, marks) => marks.map(mark => (mark === 0 ? '0' : unitText(mark, unit))),
        space: 34,
        ...stepsOf(unit),
      },
    ],
  }
}

function rangeOfValues(
  low: number | null,
  high: number | null,
  unit: string | undefined,
  thresholds: PlotSubject['thresholds'],
): [number, number] {
  const isEmpty = low === null || high === null
  const least = Math.min(0, low ?? 0)
  // A threshold in sight is worth its room; one far off would flatten what is shown.
  const near = thresholds.map(({ at }) => at).filter(at => high !== null && at <= high * 1.6)
  const most = isEmpty ? 1 : Math.max(high, ...near)
  const top = most <= 0 ? 1 : most * 1.06
  return [least, unit === 'percentunit' && most <= 1 && most > 0.9 ? 1.005 : top]
}

function timeMarks({ fromS, toS, zone }: PlotSubject, most: number): number[] {
  const step = timeStep(toS - fromS, most)
  // Marks of days stand at midnight of the zone that is shown.
  const shift = zone === 'utc' ? 0 : new Date(fromS * 1000).getTimezoneOffset() * 60
  const first = Math.ceil((fromS - shift) / step) * step + shift
  return Array.from({ length: Math.max(0, Math.floor((toS - first) / step) + 1) }, (_, index) => first + index * step)
}

function markText(mark: number, { fromS, toS }: PlotSubject, most: number, zone: Zone): string {
  const clock = clockText(mark * 1000, zone)
  if (timeStep(toS - fromS, most) >= 86_400) return dayText(mark * 1000, zone)
  return clock === '00:00' && toS - fromS > 43_200 ? dayText(mark * 1000, zone) : clock
}

/** Where a value stands between two gaps: it would be no line at all, so it is drawn as a point. */
function aloneIn(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? []
  const isKnown = (at: number) => values[at] !== null && values[at] !== undefined
  return Array.from(values.keys()).filter(at => isKnown(at) && !isKnown(at - 1) && !isKnown(at + 1))
}

/** Steps of an axis of durations, ms: round in the units in which durations are written. */
const durationSteps: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000],
  ...[60_000, 120_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000],
]

function stepsOf(unit: string | undefined): { incrs?: number[] } {
  if (unit === 'ms') return { incrs: [...durationSteps] }
  return unit === 's' ? { incrs: durationSteps.map(step => step / 1_000) } : {}
}

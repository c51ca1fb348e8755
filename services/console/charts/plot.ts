import { useEffect, useRef, useState } from 'preact/hooks'
import Plotter from 'uplot'
import { useConsole } from '../state/console-state.ts'
import { goTo } from '../state/navigation.ts'
import { hrefOf } from '../state/place.ts'
import { html } from '../view/html.ts'
import { shortMoment } from '../words/times.ts'
import { unitText } from '../words/units.ts'
import { type PlotSubject, plotOptions } from './plot-options.ts'
import { stacked, type TimeSeries } from './series.ts'

const HEIGHT = 190

/** A chart over time. The pointer or the arrow keys read it out; a stretch that is dragged over becomes the range. */
export function Plot({ subject, series, title }: { subject: PlotSubject; series: TimeSeries; title: string }) {
  const { place, isDark } = useConsole()
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<Plotter | undefined>(undefined)
  const [at, setAt] = useState<number | undefined>(undefined)
  const zoom = useRef((_from: number, _to: number) => {})
  zoom.current = (from, to) => goTo(hrefOf({ ...place, from: isoOf(from), to: isoOf(to) }))
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const made = draw(element, subject, series, { onPoint: setAt, onZoom: (from, to) => zoom.current(from, to) })
    plot.current = made
    let frame = 0
    const observer = new ResizeObserver(() => {
      cancelAnimationFrame(frame)
      // Within the observer's own turn it would notify itself without end.
      frame = requestAnimationFrame(() => made.setSize({ width: Math.max(120, element.clientWidth), height: HEIGHT }))
    })
    observer.observe(element)
    return () => {
      cancelAnimationFrame(frame)
      observer.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [series, subject.kind, subject.fromS, subject.toS, subject.zone, isDark])
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step === undefined || plot.current === undefined || series.times.length === 0) return
    event.preventDefault()
    const next = Math.min(series.times.length - 1, Math.max(0, (at ?? (step > 0 ? -1 : series.times.length)) + step))
    plot.current.setCursor({ left: plot.current.valToPos(series.times[next] ?? 0, 'x'), top: 20 })
    setAt(next)
  }
  return html`<div class="plot">
    <div
      class="plot-box"
      ref=${box}
      tabindex="0"
      role="img"
      aria-label=${`${title}. Chart; the arrow keys read it value by value, and it is also there as a table.`}
      onKeyDown=${onKeyDown}
      onBlur=${() => setAt(undefined)}
    ></div>
    <${Legend} subject=${subject} series=${series} at=${at} />
  </div>`
}

/** Names with their marks and values: of the moment that is pointed at, else the last ones. */
function Legend({ subject, series, at }: { subject: PlotSubject; series: TimeSeries; at: number | undefined }) {
  const { nowMs } = useConsole()
  const index = at ?? series.times.length - 1
  const time = series.times[index]
  return html`<div class="legend" aria-live=${at === undefined ? 'off' : 'polite'}>
    <p class="legend-time">${at === undefined ? 'latest, ' : ''}${time !== undefined && shortMoment(time * 1000, nowMs(), subject.zone)}</p>
    <ul>
      ${series.names.map((name, line) => {
        const colour = subject.colours.get(name)
        return html`<li>
          <svg class="swatch" viewBox="0 0 14 8" aria-hidden="true">
            ${
              subject.kind === 'line'
                ? html`<line x1="0" x2="14" y1="4" y2="4" stroke=${colour} stroke-width="2.5" stroke-dasharray=${dash(line)} />`
                : html`<rect width="14" height="8" rx="1.5" fill=${colour} />`
            }
          </svg>
          <bdi class="legend-name">${name}</bdi>
          <span class="legend-value">${unitText(series.values[line]?.[index], subject.unit)}</span>
        </li>`
      })}
    </ul>
  </div>`
}

function draw(
  element: HTMLElement,
  subject: PlotSubject,
  { times, values }: TimeSeries,
  on: { onPoint: (at: number | undefined) => void; onZoom: (fromS: number, toS: number) => void },
): Plotter {
  const isStack = subject.kind !== 'line'
  // Of a stack the highest sum is drawn first and the others over it.
  const lines = isStack ? stacked(values).reverse() : values
  const names = isStack ? [...subject.names].reverse() : subject.names
  const style = getComputedStyle(element)
  const ink = {
    text: style.getPropertyValue('--ink-2').trim(),
    grid: style.getPropertyValue('--line').trim(),
    tail: style.getPropertyValue('--tail').trim(),
    surface: style.getPropertyValue('--surface').trim(),
  }
  const options = plotOptions({ ...subject, names }, ink, { width: Math.max(120, element.clientWidth), height: HEIGHT }, Plotter)
  const hooks: Plotter.Hooks.Arrays = {
    setCursor: [plot => on.onPoint(plot.cursor.left !== undefined && plot.cursor.left >= 0 ? (plot.cursor.idx ?? undefined) : undefined)],
    setSelect: [
      plot =>
        plot.select.width > 8 && on.onZoom(plot.posToVal(plot.select.left, 'x'), plot.posToVal(plot.select.left + plot.select.width, 'x')),
    ],
    drawClear: [plot => drawTail(plot, subject, ink.tail)],
    draw: [plot => drawThresholds(plot, subject, style)],
  }
  return new Plotter({ ...options, hooks }, [times, ...lines] as Plotter.AlignedData, element)
}

/** What is not settled yet is no zero: its part of the time is shaded. */
function drawTail({ ctx, bbox, valToPos }: Plotter, { settledS, toS }: PlotSubject, colour: string): void {
  if (settledS === undefined || settledS >= toS) return
  const left = Math.max(bbox.left, valToPos(settledS, 'x', true))
  ctx.save()
  ctx.fillStyle = colour
  ctx.fillRect(left, bbox.top, bbox.left + bbox.width - left, bbox.height)
  ctx.restore()
}

function drawThresholds({ ctx, bbox, valToPos, scales }: Plotter, { thresholds }: PlotSubject, style: CSSStyleDeclaration): void {
  for (const { at, meaning } of thresholds) {
    if (at > (scales['y']?.max ?? 0) || at <= (scales['y']?.min ?? 0)) continue
    const top = Math.round(valToPos(at, 'y', true))
    ctx.save()
    ctx.strokeStyle = style.getPropertyValue(`--${meaning}`).trim()
    ctx.setLineDash([4, 4])
    ctx.lineWidth = 1
    ctx.beginPath()
    ctx.moveTo(bbox.left, top)
    ctx.lineTo(bbox.left + bbox.width, top)
    ctx.stroke()
    ctx.restore()
  }
}

const dash = (line: number) => ['', '', '', '4 2', '2 2', '6 2 2 2'][line % 6]
const isoOf = (atS: number) => new Date(Math.round(atS / 60) * 60_000).toISOString().replace('.000Z', 'Z')

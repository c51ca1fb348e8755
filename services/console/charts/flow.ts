import { useEffect, useRef, useState } from 'preact/hooks'
import { useConsole } from '../state/console-state.ts'
import { html } from '../view/html.ts'
import { unitText } from '../words/units.ts'
import { coloursOf } from './colours.ts'
import { type FlowNode, type FlowRow, flowLayout } from './flow-layout.ts'

interface Placed extends FlowNode {
  x0?: number | undefined
  x1?: number | undefined
  y0?: number | undefined
  y1?: number | undefined
  value?: number | undefined
}

/** How much goes from where to where, as bands. `heads` name the columns. */
export function Flow({
  rows,
  unit,
  counts,
  heads,
}: {
  rows: readonly FlowRow[]
  unit: string | undefined
  counts: string
  heads: readonly string[]
}) {
  const { isDark } = useConsole()
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(640)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(() => requestAnimationFrame(() => setWidth(Math.max(280, element.clientWidth))))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const height = Math.min(420, Math.max(180, new Set(rows.map(({ path }) => path[0])).size * 56))
  const { nodes, links } = flowLayout(rows, { width, height })
  const colours = coloursOf([...new Set(nodes.filter(({ depth }) => depth === 0).map(({ name }) => name))], isDark)
  return html`<div class="flow" ref=${box}>
    <p class="flow-heads" aria-hidden="true">${heads.map(head => html`<span>${head}</span>`)}</p>
    <svg viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} role="img"
      aria-label=${`${counts} by ${heads.join(', then ')}; the same as a table below`}>
      ${links.map(link => {
        const [source, target] = [link.source as unknown as Placed, link.target as unknown as Placed]
        return html`<path
          class="flow-band"
          d=${bandPath(source.x1 ?? 0, link.y0 ?? 0, target.x0 ?? 0, link.y1 ?? 0)}
          stroke=${colours.get(source.name) ?? endColour(target.name, isDark)}
          stroke-width=${Math.max(1, link.width ?? 1)}
          ><title>${`${source.name} → ${target.name}: ${unitText(link.value, unit)} ${counts}`}</title></path
        >`
      })}
      ${nodes.map(
        (node: Placed) => html`<${Node} node=${node} width=${width} unit=${unit}
        colour=${colours.get(node.name) ?? 'currentColor'} />`,
      )}
    </svg>
  </div>`
}

function Node({ node, width, unit, colour }: { node: Placed; width: number; unit: string | undefined; colour: string }) {
  const { x0 = 0, x1 = 0, y0 = 0, y1 = 0, name, value } = node
  const isLast = x1 > width - 20
  const most = Math.max(8, Math.floor(width / 40))
  const shown = name.length > most ? `${name.slice(0, most - 1)}…` : name
  return html`<g>
    <rect x=${x0} y=${y0} width=${x1 - x0} height=${Math.max(1, y1 - y0)} rx="2"
      fill=${colour}><title>${`${name}: ${unitText(value, unit)}`}</title></rect>
    <text x=${isLast ? x0 - 6 : x1 + 6} y=${(y0 + y1) / 2} dy="0.35em" text-anchor=${isLast ? 'end' : 'start'}>
      ${shown}<tspan class="flow-amount"> ${unitText(value, unit)}</tspan>
    </text>
  </g>`
}

/** Bands to an end that is bad stand out; others stay back. */
function endColour(name: string, isDark: boolean): string {
  if (!/^(?:failed|refused|rejected|error)/.test(name)) return 'currentColor'
  return isDark ? '#f79a5e' : '#b84300'
}

function bandPath(x0: number, y0: number, x1: number, y1: number): string {
  const middle = (x0 + x1) / 2
  return `M${x0},${y0}C${middle},${y0} ${middle},${y1} ${x1},${y1}`
}

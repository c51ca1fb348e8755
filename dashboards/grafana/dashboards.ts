/** The boards as Grafana's dashboards: classic JSON of schema version 42, for Grafana 11.6 and later. */
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { boards } from '../boards.ts'
import { type Board, type BoardName, type Panel, type PanelKind, variables } from '../panel.ts'
import { panels } from '../panels.ts'
import { annotations } from './annotations.ts'
import { grafanaPanel, uidOf } from './panels.ts'
import { chosenVariable, datasourceVariable, settledUntilVariable } from './variables.ts'

/** Columns of Grafana's grid. */
const GRID = 24
const heights: Readonly<Record<PanelKind, number>> = { stat: 4, line: 8, area: 8, bars: 8, heat: 8, table: 9, flow: 9 }

/** The dashboard of a board. */
export function dashboardOf(board: Board): Dashboard {
  const shown = board.rows.map(row => row.map(panelOf))
  const chosen = variables.filter(name => shown.flat().some(panel => panel.variables.includes(name)))
  const builder = new DashboardBuilder(`Weir · ${board.title}`)
    .uid(uidOf(board.name))
    .description(board.question)
    .tags(['weir'])
    .readonly()
    .timezone('utc')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .variables([datasourceVariable(), ...chosen.map(chosenVariable), settledUntilVariable()])
    .annotations(annotations())
    .links([
      new DashboardLinkBuilder('Boards')
        .type(DashboardLinkType.Dashboards)
        .tags(['weir'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    ])
  let y = 0
  for (const row of shown) {
    const w = GRID / row.length
    const h = Math.max(...row.map(({ kind }) => heights[kind]))
    for (const [place, panel] of row.entries()) builder.withPanel(grafanaPanel(panel, { x: place * w, y, w, h }, titles))
    y += h
  }
  return builder.build()
}

/** The files of generated/, by name: the dashboards. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(boards.map(board => [`${board.name}.json`, `${JSON.stringify(dashboardOf(board), null, 2)}\n`]))
}

const titles = Object.fromEntries(boards.map(({ name, title }) => [name, title])) as Record<BoardName, string>

function panelOf(name: string): Panel {
  const found = panels.find(panel => panel.name === name)
  if (found === undefined) throw new Error(`a board shows the panel ${name}, which there is not`)
  return found
}

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { boards } from '../../dashboards/boards.ts'
import { panelId } from '../../dashboards/grafana/panel-ids.ts'
import { variables } from '../../dashboards/panel.ts'
import { panels } from '../../dashboards/panels.ts'
import { dashboardsPage } from '../../docs/pages/dashboards-page.ts'
import { generatedFiles } from '../../docs/pages/generated-dashboards.ts'

const folder = new URL('../../dashboards/generated/', import.meta.url)
const files = globSync('**/*.{json,yaml}', { cwd: folder }).sort()
const textOf = (name: string) => readFileSync(new URL(name, folder), 'utf8')
// biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of many shapes
const dashboards: { name: string; text: string; board: any }[] = files
  .filter(name => name.endsWith('.json'))
  .map(name => ({ name, text: textOf(name), board: JSON.parse(textOf(name)) }))

test('what is in dashboards/generated is what the boards give: else run bin/write-dashboards.mjs', () => {
  const given = generatedFiles()
  assert.deepEqual(files, Object.keys(given).sort())
  for (const name of files) assert.equal(textOf(name), given[name], name)
})

test('docs/dashboards.md is what the panels say: else run bin/write-docs.mjs', () => {
  assert.equal(readFileSync(new URL('../../docs/dashboards.md', import.meta.url), 'utf8'), dashboardsPage())
})

test('every board is a dashboard that no one edits in place, of a schema that Grafana 11.6 to 13 read', () => {
  assert.equal(dashboards.length, boards.length)
  for (const { name, board } of dashboards) {
    assert.deepEqual([board.schemaVersion, board.editable, board.graphTooltip, board.timezone], [42, false, 1, 'utc'], name)
    assert.ok(board.title && board.description && board.tags.includes('weir'), name)
    assert.ok(parseInt(board.refresh, 10) >= 1 && board.refresh.endsWith('m'), 'a tab that refreshes more often costs a server')
    assert.ok(board.panels.length > 0 && board.panels.length <= 12, name)
  }
  const uids = dashboards.map(({ board }) => board.uid)
  assert.equal(new Set(uids).size, uids.length)
  for (const uid of uids) assert.match(uid, /^[a-z-]{1,40}$/)
})

test('panels lie on the grid, none over another, each with its lasting id', () => {
  for (const { name, board } of dashboards) {
    const taken = new Set<string>()
    for (const { gridPos, title } of board.panels) {
      const { x, y, w, h } = gridPos
      assert.ok(Number.isInteger(w) && w > 0 && h > 0 && x >= 0 && x + w <= 24, `${name} ${title}`)
      for (let column = x; column < x + w; column++) {
        for (let row = y; row < y + h; row++) {
          assert.ok(!taken.has(`${column} ${row}`), `${name} ${title} lies over another`)
          taken.add(`${column} ${row}`)
        }
      }
    }
    const ids = board.panels.map(({ id }: { id: number }) => id)
    assert.equal(new Set(ids).size, ids.length, name)
  }
  // Links and alerts of people who use it name these: a change of the list's order must fail here.
  assert.deepEqual(['promise-kept', 'first-token-time', 'pool-fill', 'sources', 'window-checks'].map(panelId), [1, 17, 27, 69, 76])
  assert.equal(new Set(panels.map(({ name }) => panelId(name))).size, panels.length)
})

// grafana/dashboard-linter, lint/rule_panel_units.go: of its list those that panels may have (dashboards/panel.ts).
const LINTED_UNITS = new Set(['short', 's', 'ms', 'percentunit', 'currencyUSD', 'bytes'])

test('what Grafana’s linter asks for: title, description, unit, targets and data source of every panel', () => {
  for (const { name, board } of dashboards) {
    for (const panel of board.panels) {
      const of = `${name} ${panel.title}`
      assert.ok(panel.title.length > 0 && panel.title.length <= 40, of)
      assert.match(panel.description, /\?.* It counts .*\. Settled minutes alone/, of)
      assert.deepEqual(panel.datasource.uid, '$' + '{datasource}', of)
      const units = panel.fieldConfig.overrides.flatMap(({ properties }: { properties: { id: string; value: unknown }[] }) =>
        properties.filter(({ id }) => id === 'unit').map(({ value }) => value),
      )
      for (const unit of [panel.fieldConfig.defaults.unit, ...units]) assert.ok(LINTED_UNITS.has(unit), `${of} ${unit}`)
      assert.equal(panel.targets.length, 1, of)
      const [target] = panel.targets
      assert.ok(target.rawSql.length > 0 && !('query' in target) && target.editorType === 'sql', of)
      assert.deepEqual([target.refId, target.datasource.uid], ['A', '$' + '{datasource}'], of)
      assert.equal(target.format, ['timeseries', 'status-history'].includes(panel.type) ? 0 : 1, of)
    }
    const [first, ...others] = board.templating.list
    assert.deepEqual([first.type, first.name, first.label], ['datasource', 'datasource', 'Data source'], name)
    for (const variable of others) assert.deepEqual([variable.type, variable.refresh, variable.name], ['query', 2, variable.name], name)
  }
})

test('every variable in a query or link is declared, quoted, and its All is one value, not a list of thousands', () => {
  for (const { name, text, board } of dashboards) {
    const declared = new Set<string>(board.templating.list.map((variable: { name: string }) => variable.name))
    const used = [...text.matchAll(/\$\{(\w+)(?::(\w+))?\}/g)].filter(([, variable]) => !variable?.startsWith('__'))
    assert.ok(used.length > 0)
    for (const [whole, variable = '', format] of used) {
      assert.ok(declared.has(variable), `${name} ${whole}`)
      if (variable !== 'datasource') assert.ok(['singlequote', 'queryparam'].includes(format ?? ''), `${name} ${whole}`)
    }
    assert.equal(
      text.match(/\$(?!\{|__(fromTime|toTime|interval_s)\b|__all"|\]\|)[\w[]/),
      null,
      `${name} has a macro of the browser, or an own one`,
    )
    for (const variable of board.templating.list.filter((one: { multi: boolean }) => one.multi)) {
      assert.deepEqual([variable.allValue, variable.includeAll, variable.current.value], ["'__all'", true, '$__all'], name)
    }
    const filters = new Set(
      variables.filter(one => board.panels.some((panel: object) => JSON.stringify(panel).includes(`{${one}:singlequote}`))),
    )
    assert.deepEqual([...declared].filter(one => one !== 'datasource' && one !== 'settled_until').sort(), [...filters].sort(), name)
  }
})

test('links keep the range and what is chosen, lead to boards that there are, and take names as they are', () => {
  const uids = new Set(dashboards.map(({ board }) => board.uid))
  for (const { name, board } of dashboards) {
    assert.deepEqual([board.links[0].includeVars, board.links[0].keepTime, board.links[0].tags], [true, true, ['weir']], name)
    const urls = [...JSON.stringify(board.panels).matchAll(/"url":"([^"]*)"/g)].map(([, url]) => String(url))
    for (const url of urls) {
      const [, uid, rest] = /^\/d\/([\w-]+)\?(.*)$/.exec(url) ?? []
      assert.ok(uids.has(uid), url)
      assert.match(
        rest ?? '',
        /^\$\{__url_time_range\}&(\$\{__all_variables\}$|\$\{datasource:queryparam\}&.*var-tenant_id=\$\{__value\.raw:percentencode\}$)/,
      )
    }
  }
})

test('every dashboard has marks of alerts, prices, closings, rollouts and recounts', () => {
  for (const { board } of dashboards) {
    const marks = board.annotations.list
    assert.deepEqual(
      marks.map((mark: { name: string }) => mark.name),
      ['Alerts', 'Price changes', 'Statements closed', 'New models', 'Recounts'],
    )
    for (const { target, enable } of marks) assert.ok(enable && target.rawSql.includes(' AS time'))
  }
})

test('provisioning names one data source for dashboards and rules, and holds no secret', () => {
  const sources = parse(textOf('provisioning/datasources/weir.yaml')).datasources
  const rules = parse(textOf('provisioning/alerting/rules.yaml')).groups.flatMap((group: { rules: unknown[] }) => group.rules)
  assert.deepEqual([sources.length, sources[0].type], [1, 'grafana-clickhouse-datasource'])
  assert.ok(rules.length > 0)
  for (const { data, noDataState, execErrState } of rules) {
    assert.equal(data[0].datasourceUid, sources[0].uid)
    assert.deepEqual([noDataState, execErrState], ['KeepLast', 'KeepLast'])
    assert.equal(
      data[0].model.rawSql.match(/\$__(conditionalAll|adHocFilters|from\b|to\b)/),
      null,
      'no macro that only the browser fills in',
    )
  }
  assert.match(sources[0].secureJsonData.password, /^\$\w+$/)
  const [provider] = parse(textOf('provisioning/dashboards/weir.yaml')).providers
  assert.deepEqual([provider.allowUiUpdates, provider.disableDeletion], [false, true])
  assert.match(parse(textOf('provisioning/alerting/contact-points.yaml')).contactPoints[0].receivers[0].settings.url, /^\$\w+$/)
})

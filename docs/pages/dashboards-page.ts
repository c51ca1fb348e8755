import { boards } from '../../dashboards/boards.ts'
import { marks } from '../../dashboards/grafana/annotations.ts'
import type { Panel } from '../../dashboards/panel.ts'
import { panels } from '../../dashboards/panels.ts'
import { table } from './markdown.ts'

/** docs/dashboards.md: how to have Grafana show the boards, and what each answers. */
export function dashboardsPage(): string {
  const sections = boards.map(({ title, question, rows }) => {
    const shown = rows.flat().map(panelOf)
    return `### ${title}: ${question}\n\n${table(['panel', 'what it answers', 'it counts', 'for'], shown.map(rowOf))}`
  })
  return `${head.trim()}\n\n${sections.join('\n\n')}\n`
}

const panelOf = (name: string) => panels.find(panel => panel.name === name) as Panel
const rowOf = ({ name, title, question, counts, audience }: Panel) => [
  `${title} \`${name}\``,
  question,
  counts,
  audience === 'tenant' ? 'tenants' : 'operators',
]

const head = `# Dashboards

Written from the code by \`node bin/write-docs.mjs\`; do not edit.

${boards.length} boards with ${panels.length} panels, each defined once (\`dashboards/\`): the console draws them, \`GET
/v1/panels/{name}\` answers their rows as JSON or CSV, and \`dashboards/generated/\` has them as dashboards for Grafana 11.6 to 13
(classic JSON, schema version 42). One query stands behind all three, so their figures are the same.

## Have Grafana show them

1. Install the plugin \`grafana-clickhouse-datasource\` (4.x) and make a reader of Weir's database in ClickHouse: \`readonly = 1\`,
   with \`max_execution_time\` changeable, and limits on memory and rows that suit the server.
2. Mount \`dashboards/generated/provisioning\` as Grafana's \`provisioning\` (or copy its files into yours) and the \`*.json\`
   beside it as \`/etc/grafana/weir-dashboards\`.
3. Give Grafana \`WEIR_CLICKHOUSE_HOST\`, \`_PORT\` (of HTTP), \`_USER\`, \`_PASSWORD\`, \`_DATABASE\`, and \`WEIR_ON_CALL_WEBHOOK\`
   for the contact point. There is no file of policies: it would replace all that you have. Route \`severity\` and \`owner\` as you
   like.

\`provisioning/alerting/rules.yaml\` has the shipped rules that read a view; those that read answers or signals are Weir's own
([alerting](alerting.md)), and its head names them. Both at once would tell people twice.

The dashboards are read-only: a change goes into \`dashboards/panels/\` or \`dashboards/queries/\`, then \`node
bin/write-dashboards.mjs\`. Panels have ids that never change, so links and alerts of yours keep leading to them.

## How to read them

- **Settled minutes alone.** *Settled until* at the top says how far the range is settled. A step that the range cuts, or that is
  not settled whole, is left out: its lower figure would look like a fall. Where only a part of one step is settled, that part is
  shown.
- **Unknown is not 0.** No requests, no value; fewer than 20, no quantile. What has no price is no cost of 0: *Not in the cost*
  lists it.
- **Money** is list price in USD unless a panel names its currency; amounts of other currencies are never added, and counted in *Not
  in the cost*.
- **Levels.** Whole days and hours that are up to date are read as such, minutes for the rest; the figures are the same. Steps are
  at least a minute. Where minutes were dropped for their age, steps of an hour or a day still have figures.
- **Choices.** Tenant, route, model, pool and upstream; links to other boards keep them and the range. A click on a tenant leads to
  its board.
- **Marks**: ${marks.map(({ name }) => name.toLowerCase()).join(', ')}.
- A tenant's token sees the panels for tenants, with its own rows; in Grafana, give each tenant a ClickHouse user with row policies.

## What each board answers
`

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { exportAlerts } from '../../../services/cli/alerts/export-command.ts'
import type { CommandContext, Given } from '../../../services/cli/command.ts'
import { readSettings } from '../../../services/platform/env.ts'

async function exported(values: Given['values'], environment: Record<string, string> = {}): Promise<string> {
  const printed: string[] = []
  const context = { settings: readSettings(environment), print: (text: string) => void printed.push(text) } as unknown as CommandContext
  assert.equal(await exportAlerts.run({ values, positionals: [] }, context), 0)
  return printed.join('\n')
}

test('prints a file for Grafana with the data source and database that were told', async () => {
  const file = parse(await exported({ datasource: 'ch-1', folder: 'On call' }, { CLICKHOUSE_DATABASE: 'llm' }))
  const [group] = file.groups
  assert.equal(group.folder, 'On call')
  assert.equal(group.rules[0].data[0].datasourceUid, 'ch-1')
  assert.match(group.rules[0].data[0].model.rawSql, /FROM llm\.settled_windows/)
})

test('prints a rule file for Prometheus', async () => {
  const file = parse(await exported({ format: 'prometheus' }))
  assert.ok(file.groups[0].rules.some(({ alert }: { alert: string }) => alert === 'dead-letters'))
})

test('goes by the alerting file: its rules, and the shipped ones that it takes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-export-'))
  try {
    const rules = join(folder, 'own.yaml')
    writeFileSync(
      rules,
      `groups:
  - name: own
    group_by: []
    rules:
      - name: own-rule
        summary: "{{ tenant_id }} sends nothing"
        description: look at it
        reads: { view: usage, measure: requests, over: 5m, by: [tenant_id] }
        below: 1
        severity: ticket
`,
    )
    const alerts = join(folder, 'alerts.yaml')
    writeFileSync(alerts, `rules: ["${rules}"]\nshipped_rules: false\n`)
    const file = parse(await exported({}, { WEIR_ALERTS_FILE: alerts }))
    const [group, ...others] = file.groups
    assert.deepEqual([group.name, group.rules.length, others], ['weir-own', 1, []])
    assert.equal(group.rules[0].annotations.summary, '{{ $labels.tenant_id }} sends nothing')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

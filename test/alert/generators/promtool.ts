/** Prometheus' own tool about the rule file that is made from the shipped rules. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { prometheusRules } from '../../../services/alert/generators/prometheus-rules.ts'
import { shippedGroups } from '../../../services/alert/rules/read-rule-groups.ts'
import type { RuleGroup } from '../../../services/alert/rules/rule.ts'
import { programOnPath } from '../../ingest/program.ts'

/** Its path; undefined: it is not there. */
export const promtool = programOnPath('promtool', 'Debian: apt install prometheus')

// biome-ignore lint/suspicious/noExplicitAny: a file is read as Prometheus reads it
type Json = any

/** Rules of the file that is made of these groups. */
export function rulesOf(groups: readonly RuleGroup[]): Json[] {
  return (parse(prometheusRules(groups)) as Json).groups[0].rules
}

/** What rules look at that a test is not about, as it is when all is well for two hours. */
export const calm = [
  { series: 'alert_oldest_undelivered_seconds', values: '0x120' },
  { series: 'settle_touched_windows_count', values: '0x120' },
  { series: 'settle_windows_total{cause="rows"}', values: '0+1x120' },
]

/** Whether an alert fires at a time. Its labels and words, which promtool compares too, are taken from the file. */
export function alertTest(alertname: string, eval_time: string, fires: boolean) {
  const rule = rulesOf(shippedGroups()).find(({ alert }) => alert === alertname)
  return { alertname, eval_time, exp_alerts: fires ? [{ exp_labels: rule.labels, exp_annotations: rule.annotations }] : [] }
}

/** Runs tests in promtool's own form against the file. */
export function runPromtool(tests: readonly object[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'weir-promtool-'))
  try {
    // Summaries hold the value, which is not what is compared: they are left out on both sides.
    const withoutSummary = (value: unknown) => JSON.parse(JSON.stringify(value, (key, one) => (key === 'summary' ? undefined : one)))
    const file = withoutSummary(parse(prometheusRules(shippedGroups())))
    writeFileSync(join(folder, 'as-written.yaml'), prometheusRules(shippedGroups()))
    writeFileSync(join(folder, 'rules.yaml'), stringify(file))
    writeFileSync(
      join(folder, 'tests.yaml'),
      stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests: withoutSummary(tests) }),
    )
    for (const args of [
      ['check', 'rules', join(folder, 'as-written.yaml')],
      ['test', 'rules', join(folder, 'tests.yaml')],
    ]) {
      const { status, stdout, stderr } = spawnSync(promtool as string, args, { encoding: 'utf8' })
      assert.equal(status, 0, `${stdout}${stderr}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

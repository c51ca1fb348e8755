import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { alertFiles } from '../../services/alert/alert.ts'
import { readSettings } from '../../services/platform/env.ts'
import { messageOf } from '../../services/platform/errors.ts'

test('--check reads the alerting file, its rules, and looks its secrets up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-alert-files-'))
  try {
    const path = join(folder, 'alerts.yaml')
    writeFileSync(
      path,
      `receivers: [{ name: pager, kind: pagerduty, routing_key: "env:WEIR_TEST_NOT_SET" }]
rules: ["${folder}/none-*.yaml"]
`,
    )
    const results = await Promise.allSettled(alertFiles(readSettings({ WEIR_ALERTS_FILE: path })))
    const faults = results.flatMap(result => (result.status === 'rejected' ? [messageOf(result.reason)] : []))
    assert.deepEqual(faults, [`${folder}/none-*.yaml: no such file of rules`, 'receiver pager: env:WEIR_TEST_NOT_SET is not set'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { auditCommand } from '../../services/cli/audit/audit-command.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { runTool } from './run-tool.ts'

test('the audit is printed as text, Markdown and JSON, and holds manifests of a folder against traffic', async t => {
  const database = await openTestClickHouse(t)
  const folder = mkdtempSync(join(tmpdir(), 'weir-manifests-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const text = await runTool(auditCommand, [], database)
  assert.match(text.out, /^Nothing is settled in this period/)
  assert.match(text.out, /^\[\?\?\] Are we still routing inference traffic like generic web traffic\? CANNOT TELL$/m)
  assert.match((await runTool(auditCommand, ['--format', 'markdown'], database)).out, /^# Audit of the AI gateway platform/)
  const refused = await runTool(auditCommand, ['--manifests', folder], database)
  assert.deepEqual([refused.code, refused.err.includes('holds no .yaml')], [1, true])
  mkdirSync(join(folder, 'ai'))
  writeFileSync(join(folder, 'ai', 'pools.yaml'), 'kind: InferencePool\nmetadata: { name: llama, namespace: ai }\n')
  const json = await runTool(auditCommand, ['--manifests', folder, '--format', 'json'], database)
  assert.deepEqual(JSON.parse(json.out).declared[0].finding, 'no route reaches it')
})

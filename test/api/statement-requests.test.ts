import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settleSimulatedMonth } from '../journey/simulated-month.ts'
import { NOW_MS, openTestApi } from './fixture.ts'

interface Line {
  requests: string | null
  meter: string
  estimate_method: string
  quantity: string
  description: string
  commitment_id: string
  upstream_kind: string
}
interface Attempt {
  is_match: boolean
  quantities: Record<string, number>
}

test('a statement line lists exactly the requests that it bills: what they used adds up to its quantity', async t => {
  const api = await openTestApi(t)
  await settleSimulatedMonth(api.clickhouse, { nowMs: NOW_MS, minutes: 4 })
  const tenants = await api.clickhouse.query<{ tenant_id: string }>(
    `SELECT tenant_id FROM {database}.charges_per_minute_current GROUP BY tenant_id
     ORDER BY countIf(estimate_method NOT IN ('', 'source')) DESC, tenant_id LIMIT 3`,
  )
  let checked = 0
  let estimated = 0
  for (const { tenant_id } of tenants) {
    const draft = await api.get(`/v1/statements/draft?tenant_id=${tenant_id}&month=2026-01`, 'fake-operator')
    assert.equal(draft.status, 200, draft.text)
    for (const line of draft.body.lines as Line[]) {
      if (line.requests === null) continue
      const attempts = await attemptsOf(line.requests)
      const what = `${tenant_id}: ${line.description}: ${line.requests}`
      if (line.estimate_method === '') assert.equal(sum(attempts, line.meter), Number(line.quantity), what)
      else estimated += attempts.length
      assert.ok(attempts.length > 0, what)
      checked++
    }
  }
  assert.ok(checked > 8, `${checked} lines were checked`)
  assert.ok(estimated > 0, 'lines that are estimated list requests too')

  async function attemptsOf(path: string): Promise<Attempt[]> {
    const found: Attempt[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body, status, text } = await api.get(`${path}&limit=1000${cursor && `&cursor=${cursor}`}`, 'fake-operator')
      assert.equal(status, 200, text)
      for (const { attempts } of body.requests as { attempts: Attempt[] }[]) found.push(...attempts.filter(({ is_match }) => is_match))
      cursor = body.next_cursor
    }
    return found
  }
})

const sum = (attempts: readonly Attempt[], meter: string) => attempts.reduce((total, { quantities }) => total + (quantities[meter] ?? 0), 0)

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ACCESS_LOG_TOPIC } from '../../../schemas/topics.ts'
import { explainVerdict } from '../../../services/answers/verdict/explain-verdict.ts'
import type { VerdictFinding } from '../../../services/answers/verdict/judge-group.ts'
import { readVerdictInputs } from '../../../services/answers/verdict/verdict-question.ts'
import { beginRawWriter } from '../../../services/cli/report/raw-writer.ts'
import { HOUR } from '../../../services/platform/clock.ts'
import { openPriceBookStore } from '../../../services/settle/price-book-store.ts'
import { settleWindows } from '../../../services/settle/settle-windows.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { sample, sampleJson } from '../../fixtures/samples.ts'

/** What a gateway wrote, through the worker's steps and settle, and an operator's verdict on that hour. */
async function verdictOn(t: TestContext, log: string) {
  const { clickhouse } = await openTestClickHouse(t)
  const now = () => Date.UTC(2026, 10, 24)
  const writer = await beginRawWriter({ ownDialects: [] }, { clickhouse, now })
  const place = { topic: ACCESS_LOG_TOPIC, partition: 0, offset: 0, timestampMs: now(), key: undefined }
  await writer.add({ ...place, value: sample(log), headers: { source: 'recorded' } })
  const windows = await writer.finish()
  await settleWindows(windows, { clickhouse, prices: await openPriceBookStore({}, { clickhouse }), now })
  const fromMs = Date.UTC(2026, 10, 23, 17)
  const asked = { fromMs, toMs: fromMs + HOUR, nowMs: now(), scope: { isAll: true, tenants: [], seesVolumes: true }, parameters: {} }
  return explainVerdict(await readVerdictInputs(asked, { clickhouse }), asked)
}

type Count = 'recovered_by_retry' | 'recovered_by_fallback' | 'failed' | 'retried'
const sum = (findings: readonly VerdictFinding[], name: Count) => findings.reduce((total, one) => total + one[name], 0)

test('a log recorded from Envoy: what its upstreams served after a failure is recovered, and few failures give no word', async t => {
  const truth = sampleJson<{ requests: number; ok_requests: number; attempts: number; recovered: number }>('envoy_retry_access_truth.json')
  const { findings, sample: seen, missing, would_change } = await verdictOn(t, 'envoy_retry_access.jsonl.gz')
  assert.equal(seen.requests, truth.requests)
  assert.equal(sum(findings, 'recovered_by_retry') + sum(findings, 'recovered_by_fallback'), truth.recovered)
  assert.equal(sum(findings, 'retried'), truth.attempts - truth.requests)
  assert.equal(sum(findings, 'failed'), truth.requests - truth.ok_requests)
  assert.deepEqual(new Set(findings.map(one => one.verdict)), new Set(['too little data']))
  // Envoy counts its tries and writes a line of the last one alone.
  assert.match(missing.join(), /^why 24 requests were tried again/)
  // 48 requests met a full circuit breaker: more of the same would not tell whether trying again helps.
  assert.match(findings[0]?.sentence ?? '', /48 requests failed and none was tried again/)
  assert.equal(would_change, null)
})

test('a log recorded from LiteLLM: what failed and was then answered is recovered, the one request that was not is lost', async t => {
  const truth = sampleJson<{
    requests_sent: number
    requests_ok: number
    traces_with_failure_and_success: number
    fallback_served: number
  }>('litellm_proxy_capture_truth.json')
  const { findings, sample: seen } = await verdictOn(t, 'litellm_proxy_capture.ndjson.gz')
  assert.equal(seen.requests, truth.requests_sent)
  assert.equal(sum(findings, 'recovered_by_retry') + sum(findings, 'recovered_by_fallback'), truth.traces_with_failure_and_success)
  assert.equal(sum(findings, 'failed'), truth.requests_sent - truth.requests_ok)
  // To another model of the same provider; one of them is a stream, whose record carries no count of fallbacks.
  assert.equal(sum(findings, 'recovered_by_fallback'), truth.fallback_served)
  assert.deepEqual(new Set(findings.map(one => one.verdict)), new Set(['too little data']))
})

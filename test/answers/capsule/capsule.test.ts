import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCapsule } from '../../../services/answers/capsule/make-capsule.ts'
import { capsuleHtml } from '../../../services/answers/capsule/render-html.ts'
import { capsuleText } from '../../../services/cli/capsule/capsule-text.ts'
import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import { providerOutage } from '../../../services/demo/simulation/incident.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { play } from '../../bench/answers/play.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const START = Date.UTC(2026, 8, 1, 9)
const scope = { isAll: true, tenants: [], seesVolumes: true }

test("the demo's incident is told: who failed, which pool filled, which policy made it worse, who was hurt and what it cost", async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const incidents = [{ start_ms: START + 12 * MINUTE, script: providerOutage }]
  const simulation = { seed: 3, startMs: START, platform: defaultPlatform, incidents }
  const { truth } = await play({ simulation, minutes: 22 }, 3, { clickhouse })
  const [fromMs, toMs] = [START + 12 * MINUTE, START + 16 * MINUTE]
  const faults: string[] = []
  const onFault = ({ name }: { name: string }) => void faults.push(name)
  const capsule = await makeCapsule({ fromMs, toMs, nowMs: START + 22 * MINUTE, scope }, { clickhouse, onFault })
  const told = capsule.sentences.join('\n')
  assert.deepEqual(faults, [])
  assert.match(told, /^From 09:12 to 09:16 UTC \d+ of [\d,]+ requests were not answered/)
  assert.match(told, /^The provider openai failed \d+\.\d % of [\d,]+ attempts \(before: 0\.\d %\), mostly /m)
  assert.match(told, /^The pool llama-70b-h100 was saturated from 09:1\d on: saturation reached \d/m)
  assert.match(told, /^The policy (interactive|patient) made it worse on \S+: \d\.\d attempts a request \(usual: 1\.\d\)/m)
  assert.match(told, /^Money: [\d.]+ of [\d.]+ USD went to attempts that gave no answer/m)
  // Who lost most requests, from the simulator's own record.
  const lost = new Map<string, number>()
  for (const one of truth.requests) {
    const isDuring = one.started_at >= fromMs && one.started_at < toMs
    if (isDuring && one.outcome === 'error') lost.set(one.tenant_id, (lost.get(one.tenant_id) ?? 0) + 1)
  }
  const worst = [...lost]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([tenant]) => tenant)
  const hurt = /^Hurt most: (.*)\.$/m.exec(told)?.[1] ?? ''
  assert.ok(
    worst.some(tenant => hurt.startsWith(tenant)),
    `${worst} lost most: ${hurt}`,
  )
  assert.match(capsuleHtml(capsule), /^<!doctype html>(?!.*<script)/s)
  assert.match(capsuleText(capsule), /^requests not answered +\d+ \(/m)
})

test('a time without anything settled, or without an incident, is told as what it is', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const ask = async (from: number, to: number) =>
    await makeCapsule(
      { fromMs: START + from * MINUTE, toMs: START + to * MINUTE, nowMs: START + 60 * MINUTE, scope },
      { clickhouse, onFault: assert.fail },
    )
  assert.deepEqual((await ask(0, 5)).sentences, ['Nothing is settled from 09:00 to 09:05 UTC.'])
  await play({ simulation: { seed: 4, startMs: START, platform: defaultPlatform }, minutes: 8 }, 4, { clickhouse })
  const { sentences } = await ask(3, 6)
  assert.ok(!sentences.some(sentence => /provider|pool|made it worse/.test(sentence)), sentences.join('\n'))
})

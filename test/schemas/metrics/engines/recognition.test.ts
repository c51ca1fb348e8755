import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { engines } from '../../../../schemas/metrics/engines/registry.ts'
import { gatewayTables } from '../../../../schemas/metrics/gateways/registry.ts'
import { gpuTables } from '../../../../schemas/metrics/gpus/registry.ts'
import { readExposition } from '../../../../schemas/metrics/read-exposition.ts'
import { engineFacts, facts, scrape, target } from './scraping.ts'

const nim =
  'num_requests_running{model_name="m"} 3\nnum_requests_waiting{model_name="m"} 1\nnum_request_max{model_name="m"} ' +
  '8\ngpu_cache_usage_perc{model_name="m"} 0.5\nrequest_finish_total{model_name="m",finished_reason="stop"} 5\n'

suite('which product a scrape is of', () => {
  test('series without a prefix are NIM’s where the operator says so, or the job', () => {
    assert.deepEqual([scrape(nim).product, scrape(nim).samples], [undefined, []])
    const expected = {
      pool: 'blue',
      model: 'm',
      engine: 'nim',
      running: 3,
      waiting: 1,
      running_limit: 8,
      kv_cache_use_ratio: 0.5,
      requests_finished_total: 5,
      requests_failed_total: 0,
      finish_reasons: { stop: 5 },
    }
    assert.deepEqual(engineFacts(nim, { engine: 'nim' }), [expected])
    assert.deepEqual(engineFacts(nim.replaceAll('model_name=', 'job="llama-nim",model_name=')), [expected])
    assert.deepEqual(engineFacts(nim.replaceAll('model_name=', 'job="denim",model_name=')), [])
  })

  test('a NIM that passes its engine’s series through is that engine', () => {
    assert.equal(scrape('vllm:num_requests_running{model_name="m"} 3\n', { engine: 'nim' }).product, 'vllm')
  })

  test('an engine’s own series are read and those of Dynamo around it are not', () => {
    const worker =
      'dynamo_component_inflight_requests{model="m",worker_id="1"} ' +
      '5\ndynamo_component_gpu_cache_usage_percent{model="m",worker_id="1"} 0.5\n'
    const both = scrape(`${worker}vllm:num_requests_running{model_name="m",engine="0"} 5\n`)
    assert.deepEqual(both.samples.map(facts), [{ pool: 'blue', model: 'm', engine: 'vllm', engine_index: '0', running: 5 }])
    assert.deepEqual([both.gateways, both.unknownSeries], [[], 0])
    assert.deepEqual(engineFacts(worker), [
      { pool: 'blue', model: 'm', engine: 'dynamo', engine_index: '1', running: 5, kv_cache_use_ratio: 0.5 },
    ])
  })

  test('a Dynamo frontend is a gateway, and an engine where the operator says that it stands for its workers', () => {
    const text =
      'dynamo_frontend_active_requests{model="m"} 7\ndynamo_frontend_queued_requests{model="m"} ' +
      '2\ndynamo_frontend_requests_total{model="m",status="success"} 90\ndynamo_frontend_requests_total{model="m",status="error"} ' +
      '4\ndynamo_frontend_output_tokens_total{model="m"} 800\n'
    const read = scrape(text)
    assert.deepEqual([read.product, read.samples], ['dynamo-frontend', []])
    assert.deepEqual(read.gateways.map(facts), [
      {
        pool: 'blue',
        model: 'm',
        product: 'dynamo-frontend',
        kind: 'gateway',
        requests_total: 94,
        requests_failed_total: 4,
        running: 7,
        queued: 2,
        output_tokens_total: 800,
      },
    ])
    const [asEngine] = scrape(text, { engine: 'dynamo-frontend' }).samples
    assert.deepEqual([asEngine?.running, asEngine?.waiting, asEngine?.requests_finished_total], [7, 2, 94])
  })

  test('llama.cpp and LMDeploy are read', () => {
    const llama =
      'llamacpp:requests_processing 2\nllamacpp:requests_deferred 1\nllamacpp:prompt_tokens_total 10\nllamacpp:tokens_predicted_total ' +
      '20\nllamacpp:prompt_tokens_seconds 812.5\nllamacpp:predicted_tokens_seconds 33.1\n'
    assert.deepEqual(engineFacts(llama, { model: 'phi-4' }), [
      { pool: 'blue', model: 'phi-4', engine: 'llamacpp', running: 2, waiting: 1, input_tokens_total: 10, output_tokens_total: 20 },
    ])
    const lmdeploy =
      'lmdeploy:num_requests_running{model_name="m",engine="1"} 2\nlmdeploy:num_requests_succeeded{model_name="m",engine="1"} ' +
      '40\nlmdeploy:num_requests_failed{model_name="m",engine="1"} 3\n'
    assert.deepEqual(engineFacts(lmdeploy), [
      {
        pool: 'blue',
        model: 'm',
        engine: 'lmdeploy',
        engine_index: '1',
        running: 2,
        requests_finished_total: 43,
        requests_failed_total: 3,
      },
    ])
  })

  test('replicas of Ray that have engines of their own stay apart', () => {
    const text = ['a', 'b']
      .map(id => `ray_vllm_num_requests_running{model_name="m",engine="0",ReplicaId="${id}",WorkerId="w"} 2`)
      .join('\n')
    assert.deepEqual(
      engineFacts(`${text}\nray_node_cpu_utilization 3\n`).map(one => one['engine_index']),
      ['a/0', 'b/0'],
    )
    assert.equal(scrape(`${text}\nray_node_cpu_utilization 3\n`).unknownSeries, 0)
  })

  test('a wrong name of the engine does no harm, whatever its case', () => {
    assert.equal(scrape('tgi_queue_size 5\ntgi_queue_size{a="b"} 1\n', { engine: 'vllm' }).product, 'tgi')
    assert.equal(engineFacts(nim, { engine: 'NIM' })[0]?.['engine'], 'nim')
  })
})

suite('what a table must keep to', () => {
  for (const table of [...engines, ...gatewayTables, ...gpuTables]) {
    test(`${table.name}: no series feeds one signal twice, and none that is read is also passed over by name`, () => {
      for (const rule of table.signals) assert.equal(new Set(rule.from.flat()).size, rule.from.flat().length, rule.to)
      const read = new Set(table.signals.flatMap(rule => rule.from.flat()))
      assert.deepEqual(
        table.known.filter(name => read.has(name)),
        [],
      )
    })
  }

  test('names of products are their own', () => {
    const names = engines.flatMap(engine => [engine.name, ...(engine.aliases ?? [])])
    assert.equal(new Set(names).size, names.length)
  })
})

suite('any scrape', () => {
  const names = [...engines, ...gatewayTables, ...gpuTables].flatMap(table =>
    table.signals.flatMap(rule => rule.from.flat().map(name => `${table.prefixes[0]}${name}`)),
  )
  const label = fc.constantFrom('le', 'model_name', 'tp_rank', 'priority', 'request_type', 'finished_reason', 'UUID', 'stage', 'error_type')
  const value = fc.oneof(fc.constantFrom('0.5', '+Inf', 'waiting', '', 'stop', 'GPU-1', '__proto__'), fc.string({ maxLength: 4 }))
  const number = fc.oneof(fc.double().map(String), fc.constantFrom('NaN', '+Inf', '-Inf', '9223372036854775794', '1.7e308', '-0', '1e999'))
  const line = fc
    .tuple(fc.constantFrom(...names), fc.uniqueArray(fc.tuple(label, value), { maxLength: 4, selector: ([name]) => name }), number)
    .map(([name, labels, text]) => `${name}{${labels.map(([key, of]) => `${key}=${JSON.stringify(of)}`).join(',')}} ${text}`)

  test('has numbers that are finite or null, and the same each time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(line, fc.string({ unit: 'binary' })), { maxLength: 30 }),
        fc.constantFrom('', 'nim'),
        (lines, engine) => {
          const text = lines.join('\n')
          const read = readExposition(text, { ...target, engine })
          assert.deepEqual(readExposition(text, { ...target, engine }), read)
          for (const one of [...read.samples, ...read.gateways, ...read.gpus]) {
            for (const cell of Object.values(one)) {
              if (typeof cell === 'number') assert.ok(Number.isFinite(cell))
              else if (typeof cell === 'object' && cell !== null) assert.ok(Object.values(cell).every(Number.isFinite))
            }
          }
        },
      ),
    )
  })
})

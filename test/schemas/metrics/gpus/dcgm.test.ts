import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { facts, scrape } from '../engines/scraping.ts'

const MIB = 1024 * 1024

function gpuFacts(textOrFile: string): Record<string, unknown>[] {
  return scrape(textOrFile).gpus.map(facts)
}

suite('GPUs', () => {
  test('two GPUs of a host: per cent, MiB and millijoules are ratios, bytes and joules', () => {
    const read = scrape('dcgm_h200.prom')
    assert.deepEqual([read.product, read.unknownSeries, read.errors, read.samples], ['dcgm', 0, [], []])
    const both = { pool: 'blue', host: 'gpu-node-1', gpu_model: 'NVIDIA H200', namespace: 'llm', container: 'vllm', exporter: 'dcgm' }
    assert.deepEqual(read.gpus.map(facts), [
      {
        ...both,
        gpu_uuid: 'GPU-00000000-aaaa-bbbb-cccc-000000000000',
        gpu_index: '0',
        pod: 'vllm-0',
        utilisation_ratio: 0.97,
        engine_active_ratio: 0.957,
        memory_used_bytes: 131_072 * MIB,
        memory_total_bytes: (131_072 + 11_264 + 435) * MIB,
        power_watts: 655.4,
        energy_joules_total: 98_123_456.789,
      },
      {
        ...both,
        gpu_uuid: 'GPU-00000001-aaaa-bbbb-cccc-000000000001',
        gpu_index: '1',
        pod: 'vllm-1',
        utilisation_ratio: 0.12,
        engine_active_ratio: 0.101,
        memory_used_bytes: 130_048 * MIB,
        memory_total_bytes: (130_048 + 12_288 + 435) * MIB,
        power_watts: 121.9,
        energy_joules_total: 40_123_456.789,
      },
    ])
  })

  test('the README’s excerpt is known, with a blank after the comma, and holds no reading that is kept', () => {
    const read = scrape('dcgm_readme_excerpt.prom')
    assert.deepEqual([read.product, read.gpus, read.unknownSeries, read.errors], ['dcgm', [], 0, []])
  })

  test('blank values of every kind are no readings', () => {
    for (const blank of [
      '9223372036854775792',
      '9223372036854775794',
      '9.223372036854776e+18',
      '140737488355328',
      '140737488355330',
      'NaN',
    ]) {
      const text = `DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1"} ${blank}\nDCGM_FI_DEV_POWER_USAGE{UUID="GPU-1"} 71.5\n`
      assert.deepEqual(gpuFacts(text), [{ pool: 'blue', host: '10.8.1.12', gpu_uuid: 'GPU-1', exporter: 'dcgm', power_watts: 71.5 }], blank)
    }
  })

  test('a total that is given stands; without the reserved part the sum is that of the others; a part alone gives none', () => {
    const read = (parts: Record<string, number>) =>
      scrape(
        Object.entries(parts)
          .map(([part, value]) => `DCGM_FI_DEV_FB_${part}{UUID="GPU-1"} ${value}`)
          .join('\n'),
      ).gpus[0]?.memory_total_bytes
    assert.equal(read({ TOTAL: 100, USED: 60, FREE: 30, RESERVED: 9 }), 100 * MIB)
    assert.equal(read({ USED: 60, FREE: 30 }), 90 * MIB)
    assert.equal(read({ USED: 60 }), null)
  })

  test('older label names, and a GPU without a UUID, which its number tells from the others', () => {
    const text =
      'DCGM_FI_DEV_GPU_UTIL{gpu="0",uuid="GPU-1",Hostname="n1"} 50\nDCGM_FI_DEV_GPU_UTIL{gpu="1",Hostname="n1"} ' +
      '20\nDCGM_FI_DEV_GPU_UTIL{gpu="2",Hostname="n1"} 30\n'
    assert.deepEqual(
      scrape(text).gpus.map(one => [one.host, one.gpu_uuid, one.gpu_index, one.utilisation_ratio]),
      [
        ['n1', 'GPU-1', '0', 0.5],
        ['n1', '', '1', 0.2],
        ['n1', '', '2', 0.3],
      ],
    )
  })

  test('a GPU that two pods share is one GPU and belongs to neither', () => {
    const text = ['a', 'b'].map(pod => `DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",pod="${pod}",namespace="llm"} 80`).join('\n')
    assert.deepEqual(gpuFacts(text), [
      { pool: 'blue', host: '10.8.1.12', gpu_uuid: 'GPU-1', namespace: 'llm', exporter: 'dcgm', utilisation_ratio: 0.8 },
    ])
  })

  test('instances of a divided GPU are samples of their own', () => {
    const text = [1, 2].map(id => `DCGM_FI_PROF_GR_ENGINE_ACTIVE{UUID="GPU-1",GPU_I_ID="${id}",GPU_I_PROFILE="1g.18gb"} 0.${id}`).join('\n')
    assert.deepEqual(
      scrape(text).gpus.map(one => [one.gpu_uuid, one.gpu_instance, one.engine_active_ratio, one.utilisation_ratio]),
      [
        ['GPU-1', '1', 0.1, null],
        ['GPU-1', '2', 0.2, null],
      ],
    )
  })

  test('a label pool of the series stands before the pool of the target', () => {
    assert.equal(scrape('DCGM_FI_DEV_GPU_UTIL{UUID="GPU-1",pool="green"} 80\n').gpus[0]?.pool, 'green')
  })
})

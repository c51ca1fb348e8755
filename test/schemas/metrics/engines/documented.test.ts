/** Scrapes that projects publish, read into the values that stand in them. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { byModel, engineFacts, facts, scrape } from './scraping.ts'

suite('SGLang', () => {
  test('a published capture, with the older name of the time between tokens', () => {
    const read = scrape('sglang_doc_capture.prom.gz')
    assert.deepEqual([read.product, read.unknownSeries, read.errors], ['sglang', 0, []])
    assert.deepEqual(read.samples.map(facts), [
      {
        pool: 'blue',
        model: 'meta-llama/Llama-3.1-8B-Instruct',
        engine: 'sglang',
        running: 162,
        waiting: 2826,
        kv_cache_use_ratio: 0.28,
        input_tokens_total: 8_128_902,
        output_tokens_total: 7_557_572,
        prefix_cache_queries_total: 8_128_902,
        ttft_seconds_sum: 2_351_897.9474117756,
        ttft_seconds_count: 11_008,
        itl_seconds_sum: 866_964.5791549598,
        itl_seconds_count: 7_400_757,
        e2e_seconds_sum: 3_116_093.850019932,
        e2e_seconds_count: 11_228,
      },
    ])
  })

  test('ranks that repeat each other count once, and priorities are parts of the total', () => {
    const [first, ...more] = scrape('sglang_priority_tp2.prom').samples
    assert.deepEqual(more, [])
    // Added up over two ranks and two priorities the 24 running would be 96.
    assert.deepEqual([first?.running, first?.waiting, first?.kv_cache_use_ratio, first?.preemptions_total], [24, 9, 0.83, 3])
    // Streams and other requests are parts: 912,345 + 45,678 and 401,234 + 23,456.
    assert.deepEqual([first?.input_tokens_total, first?.output_tokens_total, first?.requests_finished_total], [958_023, 424_690, 1830])
    // In the GPU's memory, in the host's, on disk.
    assert.deepEqual([first?.prefix_cache_hits_total, first?.requests_failed_total], [301_000 + 22_000 + 0, 7])
  })

  test('data-parallel ranks add up, each counted once over its tensor-parallel ranks', () => {
    const ranks = [0, 1].flatMap(dp =>
      [0, 1].map(tp => `sglang:num_running_reqs{model_name="m",dp_rank="${dp}",tp_rank="${tp}"} ${dp + 4}`),
    )
    const use = [0.2, 0.7].map((ratio, dp) => `sglang:token_usage{model_name="m",dp_rank="${dp}",tp_rank="0"} ${ratio}`)
    assert.deepEqual(engineFacts([...ranks, ...use].join('\n')), [
      { pool: 'blue', model: 'm', engine: 'sglang', running: 4 + 5, kv_cache_use_ratio: 0.7 },
    ])
  })

  test('priorities without a total add up', () => {
    const text = 'sglang:num_queue_reqs{model_name="m",priority="0"} 3\nsglang:num_queue_reqs{model_name="m",priority="10"} 4\n'
    assert.equal(scrape(text).samples[0]?.waiting, 7)
  })

  test('a rank without a reading does not hide the others', () => {
    const text = 'sglang:num_queue_reqs{tp_rank="0"} NaN\nsglang:num_queue_reqs{tp_rank="1"} 4\nsglang:num_queue_reqs{tp_rank="2"} +Inf\n'
    assert.equal(scrape(text).samples[0]?.waiting, 4)
  })
})

suite('Triton', () => {
  test('the TensorRT-LLM backend: gauges by type of request and of block', () => {
    assert.deepEqual(engineFacts('triton_trtllm_readme.prom'), [
      { pool: 'blue', model: 'tensorrt_llm', engine: 'triton', running: 1, waiting: 1, running_limit: 512, kv_cache_use_ratio: 0.4875 },
    ])
  })

  test('a type that is not there is no zero', () => {
    const text = 'nv_trt_llm_request_metrics{model="m",request_type="max",version="1"} 64\n'
    assert.deepEqual(engineFacts(text), [{ pool: 'blue', model: 'm', engine: 'triton', running_limit: 64 }])
  })

  test('a real server: microseconds are seconds, each model is one, its GPU is a GPU', () => {
    const read = scrape('triton_capture.prom.gz')
    assert.deepEqual([read.product, read.unknownSeries, read.samples.length], ['triton', 0, 8])
    const busy = read.samples.find(one => one.model === 'densenet_onnx')
    assert.deepEqual([busy?.requests_finished_total, busy?.requests_failed_total, busy?.waiting, busy?.running], [3, 0, 0, null])
    assert.deepEqual([busy?.queue_seconds_sum, busy?.queue_seconds_count, busy?.e2e_seconds_sum], [145 / 1e6, 3, 1_327_965 / 1e6])
    assert.deepEqual(read.gpus.map(facts), [
      {
        pool: 'blue',
        host: '10.8.1.12',
        gpu_uuid: 'GPU-951eeeeb-d284-d263-688e-d98a5306389b',
        exporter: 'triton',
        utilisation_ratio: 0,
        memory_used_bytes: 266_338_304,
        memory_total_bytes: 16_106_127_360,
        power_watts: 32.09,
        energy_joules_total: 4_879_631.328000044,
      },
    ])
  })
})

suite('text-generation-inference', () => {
  test('tokens from histograms, failures added to successes, the model from the target', () => {
    const read = scrape('tgi_full_shape.prom', { model: 'mistral-7b' })
    assert.deepEqual([read.product, read.unknownSeries, read.errors], ['tgi', 0, []])
    assert.deepEqual(read.samples.map(facts), [
      {
        pool: 'blue',
        model: 'mistral-7b',
        engine: 'tgi',
        running: 32,
        waiting: 17,
        input_tokens_total: 76_049,
        output_tokens_total: 153_469,
        queue_seconds_sum: 50.64992958667391,
        queue_seconds_count: 150,
        itl_seconds_sum: 4.575769986648846,
        itl_seconds_count: 150,
        e2e_seconds_sum: 745.1386005479854,
        e2e_seconds_count: 150,
        // 21 overloaded, 9 validation, 2 generation, 6 dropped
        requests_finished_total: 1502 + 38,
        requests_failed_total: 38,
      },
    ])
  })

  test('a counter that it does not have is unknown and no reading', () => {
    const read = scrape(
      'tgi_queue_size 5\ntgi_batch_current_size 8\ntgi_request_inference_duration_sum 142.75\ntgi_request_generated_tokens_total 98500\n',
    )
    assert.deepEqual(read.samples.map(facts), [{ pool: 'blue', engine: 'tgi', running: 8, waiting: 5 }])
    assert.equal(read.unknownSeries, 1)
  })
})

suite('engines behind Dynamo', () => {
  test('SGLang', () => {
    assert.deepEqual(engineFacts('dynamo_doc_sglang.prom'), [
      {
        pool: 'blue',
        model: 'meta-llama/Llama-3.1-8B-Instruct',
        engine: 'sglang',
        input_tokens_total: 8_128_902,
        output_tokens_total: 7_557_572,
        prefix_cache_queries_total: 8_128_902,
      },
    ])
  })

  test('vLLM', () => {
    assert.deepEqual(engineFacts('dynamo_doc_vllm.prom'), [
      {
        pool: 'blue',
        model: 'meta-llama/Llama-3.1-8B',
        engine: 'vllm',
        ttft_seconds_sum: 89.38,
        ttft_seconds_count: 165,
        requests_finished_total: 165,
        requests_failed_total: 0,
        finish_reasons: { stop: 150, length: 15 },
      },
    ])
  })

  test('TensorRT-LLM', () => {
    assert.deepEqual(engineFacts('dynamo_doc_trtllm.prom'), [
      {
        pool: 'blue',
        model: 'Qwen/Qwen3-0.6B',
        engine: 'trtllm',
        queue_seconds_sum: 32.1,
        queue_seconds_count: 150,
        ttft_seconds_sum: 8.75,
        ttft_seconds_count: 150,
        itl_seconds_sum: 12.5,
        itl_seconds_count: 150,
        e2e_seconds_sum: 45.2,
        e2e_seconds_count: 150,
        requests_finished_total: 155,
        finish_reasons: { stop: 150, length: 5 },
      },
    ])
  })
})

suite('older and made-up vLLM', () => {
  test('a real server of 0.5 with newer families beside: the newer name of each is read', () => {
    const read = scrape('vllm_v0_capture.prom.gz')
    assert.deepEqual([read.unknownSeries, read.errors, read.samples.length], [0, [], 1])
    const [one] = read.samples
    assert.deepEqual([one?.model, one?.running, one?.kv_cache_use_ratio, one?.input_tokens_total], ['facebook/opt-125m', 0, 0, 5])
    // time_per_output_token_seconds says 0.19 s in 6, inter_token_latency_seconds this.
    assert.deepEqual([one?.itl_seconds_sum, one?.itl_seconds_count], [0.6237391703762114, 144])
    assert.deepEqual([one?.prefix_cache_queries_total, one?.prefix_cache_hits_total], [117, 64])
  })

  test('twenty models of one server, and a failure counter that vLLM does not have', () => {
    const read = scrape('vllm_llmprobe.prom.gz')
    const finished = byModel(read.samples, 'requests_finished_total')
    assert.deepEqual([finished['model-0'], finished['model-19'], finished['llava-hf/llava-1.5-7b-hf']], [13, 70, 13])
    assert.equal(read.samples.find(one => one.model === 'model-7')?.e2e_seconds_sum, 207)
    // Readings of the server bear no model: with several they belong to none of them.
    assert.equal(read.samples.find(one => one.model === '')?.running, 2)
    assert.equal(read.unknownSeries, 21)
  })

  test('a hand-written subset', () => {
    assert.deepEqual(engineFacts('vllm_chimeraforge.prom').at(-1), {
      pool: 'blue',
      model: 'm',
      engine: 'vllm',
      running: 14,
      waiting: 3,
      prefix_cache_queries_total: 906_000,
      prefix_cache_hits_total: 371_460,
      e2e_seconds_sum: 6400,
      e2e_seconds_count: 2000,
    })
    assert.deepEqual(engineFacts('vllm_llmprobe_excerpt.prom'), [{ pool: 'blue', engine: 'vllm', running: 2 }])
  })
})

suite('JSON', () => {
  test('Ollama tells which models it has loaded, and nothing else', () => {
    const read = scrape('ollama_ps.json')
    assert.equal(read.product, 'ollama')
    assert.deepEqual(read.samples.map(facts), [{ pool: 'blue', model: 'llama3:8b', engine: 'ollama' }])
    assert.deepEqual(scrape('{"models": []}').samples, [])
  })

  test('llama.cpp’s /props is refused: it says how many could run, not how many do', () => {
    const read = scrape('llamacpp_props.json')
    assert.deepEqual([read.product, read.samples, read.errors.length], [undefined, [], 1])
    assert.match(read.errors[0]?.message ?? '', /^Line 1: the text is JSON and not the list of loaded models/)
  })
})

suite('time in prefill and decode', () => {
  test('per request of vLLM’s kin, per batch of TGI by its method, as counters of llama.cpp', () => {
    const phases = (text: string) => {
      const [first] = scrape(text).samples
      return [first?.engine, first?.prefill_seconds_sum, first?.decode_seconds_sum]
    }
    for (const [engine, start] of [
      ['vllm', 'vllm:'],
      ['lmdeploy', 'lmdeploy:'],
      ['trtllm', 'trtllm_'],
    ]) {
      const text = ['prefill', 'decode']
        .map((phase, n) => `${start}request_${phase}_time_seconds_sum{model_name="m"} ${n + 1.5}\n`)
        .join('')
      assert.deepEqual(phases(text), [engine, 1.5, 2.5])
    }
    const tgi = ['concat', 'decode', 'prefill'].map((method, n) => `tgi_batch_inference_duration_sum{method="${method}"} ${n}.25\n`)
    assert.deepEqual(phases(`tgi_queue_size 0\n${tgi.join('')}`), ['tgi', 2.25, 1.25])
    assert.deepEqual(phases('llamacpp:prompt_seconds_total 4\nllamacpp:tokens_predicted_seconds_total 7.5\n'), ['llamacpp', 4, 7.5])
  })
})

/**
 * A model server's /metrics text as vLLM's v1 engine writes it: names, HELP, TYPE, labels and buckets follow the derived sample of its
 * exposition (one engine, index 0): counters with `_total` and a `_created` gauge beside them, histograms in seconds.
 */

import type { Histogram } from '../engine-counters.ts'
import type { EngineReading } from '../engine-reading.ts'

/** Text of one scrape, ending with a line break; content type `text/plain; version=0.0.4`. */
export function renderVllmExposition(reading: EngineReading): string {
  const { counters } = reading
  const model = `model_name="${reading.model}"`
  const base = `engine="0",${model}`
  const created = counters.created_at / 1000
  const lines: string[] = []
  const gauge = (name: string, help: string, samples: readonly (readonly [labels: string, value: number])[]) =>
    family(lines, name, help, 'gauge', samples)
  const counter = (name: string, help: string, samples: readonly (readonly [labels: string, value: number])[]) => {
    family(lines, `${name}_total`, help, 'counter', samples)
    family(
      lines,
      `${name}_created`,
      help,
      'gauge',
      samples.map(([labels]) => [labels, created] as const),
    )
  }
  gauge('num_requests_running', 'Number of requests in model execution batches.', [[base, reading.running]])
  gauge('num_requests_waiting', 'Number of requests waiting to be processed.', [[base, reading.waiting]])
  gauge('num_requests_waiting_by_reason', WAITING_HELP, [
    [`${base},reason="capacity"`, reading.waiting],
    [`${base},reason="deferred"`, 0],
  ])
  gauge('engine_sleep_state', SLEEP_HELP, [
    [`${base},sleep_state="awake"`, 1],
    [`${base},sleep_state="weights_offloaded"`, 0],
    [`${base},sleep_state="discard_all"`, 0],
  ])
  gauge('kv_cache_usage_perc', 'KV-cache usage. 1 means 100 percent usage.', [[base, reading.kv_cache_use_ratio]])
  const { prompt_tokens: prompt, prompt_tokens_cached: cached } = counters
  counter('prefix_cache_queries', 'Prefix cache queries, in terms of number of queried tokens.', [[base, prompt]])
  counter('prefix_cache_hits', 'Prefix cache hits, in terms of number of cached tokens.', [[base, cached]])
  counter('external_prefix_cache_queries', `External prefix cache queries ${EXTERNAL_HELP}queried tokens.`, [[base, 0]])
  counter('external_prefix_cache_hits', `External prefix cache hits ${EXTERNAL_HELP}cached tokens.`, [[base, 0]])
  counter('mm_cache_queries', 'Multi-modal cache queries, in terms of number of queried items.', [[base, 0]])
  counter('mm_cache_hits', 'Multi-modal cache hits, in terms of number of cached items.', [[base, 0]])
  counter('num_preemptions', 'Cumulative number of preemption from the engine.', [[base, counters.preemptions]])
  counter('prompt_tokens', 'Number of prefill tokens processed.', [[base, prompt]])
  counter('prompt_tokens_by_source', 'Number of prompt tokens by source.', [
    [`${base},source="local_compute"`, prompt - cached],
    [`${base},source="local_cache_hit"`, cached],
    [`${base},source="external_kv_transfer"`, 0],
  ])
  counter('prompt_tokens_cached', 'Number of cached prompt tokens (local + external).', [[base, cached]])
  counter('generation_tokens', 'Number of generation tokens processed.', [[base, counters.generation_tokens]])
  const { finished } = counters
  counter('request_success', 'Count of successfully processed requests.', [
    [`engine="0",finished_reason="stop",${model}`, finished.stop],
    [`engine="0",finished_reason="length",${model}`, finished.length],
    [`engine="0",finished_reason="abort",${model}`, finished.abort],
    [`engine="0",finished_reason="error",${model}`, finished.error],
    [`engine="0",finished_reason="repetition",${model}`, 0],
  ])
  renderHistograms(lines, reading, model)
  lines.push(
    '# HELP vllm:cache_config_info Information of the LLMEngine CacheConfig',
    '# TYPE vllm:cache_config_info gauge',
    'vllm:cache_config_info{block_size="16",cache_dtype="auto",enable_prefix_caching="True",engine="0",gpu_memory_utilization="0.9",' +
      `num_gpu_blocks="${reading.kv_blocks}",num_gpu_blocks_override="None",sliding_window="None"} 1.0`,
  )
  return `${lines.join('\n')}\n`
}

const EXTERNAL_HELP = 'from KV connector cross-instance cache sharing, in terms of number of '
const WAITING_HELP =
  "Number of waiting requests by reason. Reason labels: 'capacity' = waiting for scheduling capacity; 'deferred' = deferred by " +
  'transient constraints (LoRA budget, KV transfer, blocked status). Sum of all reasons equals vllm:num_requests_waiting.'
const SLEEP_HELP =
  'Engine sleep state; awake = 0 means engine is sleeping; awake = 1 means engine is awake; weights_offloaded = 1 means sleep level ' +
  '1; discard_all = 1 means sleep level 2.'

function renderHistograms(lines: string[], reading: EngineReading, model: string): void {
  const { counters } = reading
  const add = (name: string, help: string, histogram: Histogram) => renderHistogram(lines, name, help, histogram, model)
  add('request_prompt_tokens', 'Number of prefill tokens processed.', counters.prompt_length)
  add('request_generation_tokens', 'Number of generation tokens processed.', counters.generation_length)
  add('iteration_tokens_total', 'Histogram of number of tokens per engine_step.', counters.iteration_tokens)
  add('time_to_first_token_seconds', 'Histogram of time to first token in seconds.', counters.ttft)
  add('inter_token_latency_seconds', 'Histogram of inter-token latency in seconds.', counters.inter_token)
  add('request_time_per_output_token_seconds', 'Histogram of time_per_output_token_seconds per request.', counters.time_per_output_token)
  add('e2e_request_latency_seconds', 'Histogram of e2e request latency in seconds.', counters.e2e)
  add('request_queue_time_seconds', 'Histogram of time spent in WAITING phase for request.', counters.queue)
  add('request_inference_time_seconds', 'Histogram of time spent in RUNNING phase for request.', counters.inference)
  add('request_prefill_time_seconds', 'Histogram of time spent in PREFILL phase for request.', counters.prefill)
  add('request_decode_time_seconds', 'Histogram of time spent in DECODE phase for request.', counters.decode)
}

function family(
  lines: string[],
  name: string,
  help: string,
  type: 'counter' | 'gauge',
  samples: readonly (readonly [labels: string, value: number])[],
): void {
  lines.push(`# HELP vllm:${name} ${help}`, `# TYPE vllm:${name} ${type}`)
  for (const [labels, value] of samples) lines.push(`vllm:${name}{${labels}} ${float(value)}`)
}

function renderHistogram(lines: string[], name: string, help: string, histogram: Histogram, model: string): void {
  lines.push(`# HELP vllm:${name} ${help}`, `# TYPE vllm:${name} histogram`)
  let cumulative = 0
  for (let index = 0; index < histogram.counts.length; index++) {
    cumulative += histogram.counts[index] as number
    const bound = histogram.bounds[index]
    // Parts of iterations are not counted yet; a client library counts whole ones.
    lines.push(
      `vllm:${name}_bucket{engine="0",le="${bound === undefined ? '+Inf' : float(bound)}",${model}} ` +
        `${float(Math.floor(cumulative + 1e-6))}`,
    )
  }
  lines.push(
    `vllm:${name}_count{engine="0",${model}} ${float(Math.floor(cumulative + 1e-6))}`,
    `vllm:${name}_sum{engine="0",${model}} ${float(histogram.sum)}`,
  )
}

/** A number as Python's client library writes it: whole ones with `.0`. */
function float(value: number): string {
  const text = String(value)
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text
}

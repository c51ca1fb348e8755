/**
 * One model server with continuous batching, after vLLM's v1 scheduler: requests wait first come first served, are admitted while the
 * running limit and the KV cache allow, share the prefill speed one after another, and decode together, one token each per iteration. When
 * the cache is full the youngest request is preempted: it gives its cache back and waits at the head of the queue to be prefilled again.
 *
 * Decoding is a fluid: a virtual iteration counter grows at 1 / iteration time, and an answer is complete when the counter has grown by its
 * length. So the cost is a few events per request, not one per token.
 */
import { EngineCounters } from './engine-counters.ts'
import { COMPACT_AFTER, type EngineJob, WaitingQueue } from './engine-job.ts'
import type { EngineReading } from './engine-reading.ts'
import { EventQueue } from './event-queue.ts'
import type { PoolConfig } from './platform-model.ts'
import { PrefillQueue } from './prefill-queue.ts'

/** Share of the KV cache that admission leaves free, so that running requests can grow. */
const KV_WATERMARK = 0.01
/** Told when something happens to a job. */
export interface EngineListener<Owner> {
  onFirstToken(job: EngineJob<Owner>, atMs: number): void
  onFinished(job: EngineJob<Owner>, atMs: number): void
  /** The engine went down with the job in it. */
  onLost(job: EngineJob<Owner>, atMs: number): void
}

type Step = 'prefill' | 'decode' | 'kv-full' | 'none'

/** The engine. Whoever drives it calls `step` whenever time reaches `nextAtMs`. */
export class Engine<Owner> {
  readonly pool: PoolConfig
  readonly endpoint: string
  /** When something happens by itself; Infinity: nothing under way. */
  nextAtMs = Number.POSITIVE_INFINITY
  running = 0
  waiting = 0
  isUp = true
  private speed = 1
  private counters: EngineCounters
  private readonly listener: EngineListener<Owner>
  private nextStep: Step = 'none'
  private atMs: number
  private busyTotalMs = 0
  private iteration = 0
  private decoding = 0
  private startSum = 0
  private generatedBefore = 0
  private kvTokens = 0
  private isAdmissionHeld = false
  private admissions = 0
  private readonly queue = new WaitingQueue<Owner>()
  private prefills = new PrefillQueue<Owner>()
  private finishes = new EventQueue<EngineJob<Owner>>()
  private admitted: EngineJob<Owner>[] = []

  constructor(pool: PoolConfig, endpoint: string, startMs: number, listener: EngineListener<Owner>) {
    this.pool = pool
    this.endpoint = endpoint
    this.listener = listener
    this.atMs = startMs
    this.counters = new EngineCounters(startMs)
  }

  /** Takes a job in; it must fit the model's length. */
  submit(job: EngineJob<Owner>, atMs: number): void {
    this.advance(atMs)
    job.submittedAtMs = atMs
    this.queue.add(job)
    this.waiting++
    this.admit()
    this.plan()
  }

  /** Tokens that the job has cost so far: its prompt once prefilled, and what was generated. */
  used(job: EngineJob<Owner>, atMs: number): { input_tokens: number; cached_input_tokens: number; output_tokens: number } {
    const isPrefilled = !Number.isNaN(job.firstTokenAtMs)
    return {
      input_tokens: isPrefilled ? job.inputTokens : 0,
      cached_input_tokens: isPrefilled ? job.cachedTokens : 0,
      output_tokens: Math.min(job.outputTokens, this.generatedSoFar(job, this.iterationAt(atMs))),
    }
  }

  /** Drops a job whose client or gateway no longer waits. */
  abort(job: EngineJob<Owner>, atMs: number): void {
    if (job.state === 'done') return
    this.advance(atMs)
    if (job.state === 'waiting') this.waiting--
    else {
      this.release(job)
      this.isAdmissionHeld = false
    }
    job.state = 'done'
    this.counters.finished.abort++
    this.admit()
    this.plan()
  }

  /** Does what is due at `nextAtMs`. */
  step(): void {
    this.advance(this.nextAtMs)
    const step = this.nextStep
    if (step === 'prefill') this.endPrefill()
    else if (step === 'decode') this.endDecode()
    else if (step === 'kv-full') this.preempt()
    this.admit()
    this.plan()
  }

  /** The process dies: every job is lost, counters begin anew when it is up again. */
  stop(atMs: number): void {
    this.advance(atMs)
    this.isUp = false
    const lost = [...this.admitted.filter(job => job.state === 'prefill' || job.state === 'decode'), ...this.queue.clear()]
    this.prefills = new PrefillQueue()
    this.admitted = []
    this.running = this.waiting = this.decoding = this.startSum = this.kvTokens = this.generatedBefore = 0
    this.finishes = new EventQueue()
    this.isAdmissionHeld = false
    this.plan()
    for (const job of lost) job.state = 'done'
    for (const job of lost) this.listener.onLost(job, atMs)
  }

  /** The process is up again, with empty caches and counters. */
  start(atMs: number): void {
    this.advance(atMs)
    this.counters = new EngineCounters(atMs)
    this.isUp = true
  }

  /** From now on everything takes 1 / `speed` of the time that the pool's speeds say. */
  setSpeed(speed: number, atMs: number): void {
    this.advance(atMs)
    this.speed = speed
    this.plan()
  }

  /** What `/metrics` would show. Reading does not change the course of things. */
  read(atMs: number): EngineReading {
    const { pool } = this
    const elapsed = this.iterationAt(atMs) - this.iteration
    const kvTokens = Math.min(pool.kv_capacity_tokens, this.kvTokens + this.decoding * elapsed)
    const generated = Math.floor(this.generatedBefore + this.decoding * (this.iteration + elapsed) - this.startSum + 1e-6)
    this.counters.generation_tokens = Math.max(this.counters.generation_tokens, generated)
    return {
      sampled_at: Math.round(atMs),
      pool: pool.name,
      model: pool.model,
      endpoint: this.endpoint,
      running: this.running,
      waiting: this.waiting,
      kv_cache_use_ratio: kvTokens / pool.kv_capacity_tokens,
      kv_blocks: Math.floor(pool.kv_capacity_tokens / 16),
      counters: this.counters.copy(),
    }
  }

  /** Milliseconds since the start in which requests were running, over restarts too. */
  busyMs(atMs: number): number {
    return this.busyTotalMs + (this.running > 0 ? atMs - this.atMs : 0)
  }

  private generatedSoFar(job: EngineJob<Owner>, iteration = this.iteration): number {
    return job.state === 'decode' ? job.generated + Math.floor(iteration - job.startIteration + 1e-6) : job.generated
  }

  private iterationMs(): number {
    const { iteration_base_ms, iteration_per_request_ms, prefill_slowdown } = this.pool
    const plain = (iteration_base_ms + iteration_per_request_ms * this.decoding) / this.speed
    return this.prefills.tokensLeft > 0 ? plain * prefill_slowdown : plain
  }

  private iterationAt(atMs: number): number {
    return this.decoding === 0 ? this.iteration : this.iteration + (atMs - this.atMs) / this.iterationMs()
  }

  private advance(toMs: number): void {
    const elapsedMs = toMs - this.atMs
    this.atMs = toMs
    if (elapsedMs <= 0) return
    if (this.running > 0) this.busyTotalMs += elapsedMs
    const iterationMs = this.iterationMs()
    const iterations = elapsedMs / iterationMs
    const prefilled = Math.min(this.prefills.tokensLeft, (elapsedMs * this.pool.prefill_tokens_per_s * this.speed) / 1000)
    if (this.decoding > 0) {
      this.iteration += iterations
      this.kvTokens = Math.min(this.pool.kv_capacity_tokens, this.kvTokens + this.decoding * iterations)
      this.counters.inter_token.observe(iterationMs / 1000, this.decoding * iterations)
    }
    if (this.running > 0) this.counters.iteration_tokens.observe(this.decoding + prefilled / iterations, iterations)
    this.prefills.advance(prefilled)
  }

  private plan(): void {
    const { pool, prefills } = this
    this.nextStep = 'none'
    this.nextAtMs = Number.POSITIVE_INFINITY
    if (prefills.tokensLeft > 0)
      this.consider('prefill', this.atMs + (prefills.tokensLeft * 1000) / (pool.prefill_tokens_per_s * this.speed))
    if (this.decoding === 0) return
    let first = this.finishes.peek()
    // Entries of jobs that were preempted or aborted stay in the heap until they come up.
    while (first !== undefined && (first.state !== 'decode' || first.finishIteration !== this.finishes.nextTime)) {
      this.finishes.pop()
      first = this.finishes.peek()
    }
    const iterationMs = this.iterationMs()
    if (first !== undefined) this.consider('decode', this.atMs + Math.max(0, first.finishIteration - this.iteration) * iterationMs)
    const room = pool.kv_capacity_tokens - this.kvTokens
    if (this.running > 1) this.consider('kv-full', this.atMs + (Math.max(0, room) / this.decoding) * iterationMs)
  }

  private consider(step: Step, atMs: number): void {
    if (atMs >= this.nextAtMs) return
    this.nextStep = step
    this.nextAtMs = atMs
  }

  private admit(): void {
    while (!this.isAdmissionHeld && this.running < this.pool.running_limit) {
      const job = this.queue.first()
      if (job === undefined) return
      if (this.running - this.decoding >= (this.pool.prompts_at_once ?? Number.POSITIVE_INFINITY)) return
      const needed = job.inputTokens + job.generated
      if (this.running > 0 && this.kvTokens + needed > this.pool.kv_capacity_tokens * (1 - KV_WATERMARK)) return
      this.queue.removeFirst()
      this.waiting--
      this.running++
      if (Number.isNaN(job.admittedAtMs)) {
        job.admittedAtMs = this.atMs
        this.counters.queue.observe((this.atMs - job.submittedAtMs) / 1000)
      }
      job.state = 'prefill'
      job.admission = ++this.admissions
      job.heldTokens = needed
      this.kvTokens += needed
      this.admitted.push(job)
      this.prefills.add(job)
    }
  }

  private endPrefill(): void {
    const job = this.prefills.takeFirst()
    job.generated++
    this.generatedBefore++
    const isFirst = Number.isNaN(job.firstTokenAtMs)
    if (isFirst) {
      job.firstTokenAtMs = this.atMs
      this.counters.observeFirstToken(job)
    }
    job.state = 'decode'
    job.startIteration = this.iteration
    job.finishIteration = this.iteration + job.outputTokens - job.generated
    this.decoding++
    this.startSum += this.iteration
    this.finishes.push(job.finishIteration, job)
    if (isFirst) this.listener.onFirstToken(job, this.atMs)
  }

  private endDecode(): void {
    const job = this.finishes.pop() as EngineJob<Owner>
    this.release(job, job.outputTokens)
    this.isAdmissionHeld = false
    job.state = 'done'
    this.counters.observeFinished(job, this.atMs)
    this.listener.onFinished(job, this.atMs)
  }

  private preempt(): void {
    let victim = this.admitted.pop()
    while (victim !== undefined && victim.state !== 'prefill' && victim.state !== 'decode') victim = this.admitted.pop()
    if (victim === undefined) return
    // Its last token is still to come, however close it was.
    this.release(victim, Math.min(victim.outputTokens - 1, this.generatedSoFar(victim)))
    victim.state = 'waiting'
    this.waiting++
    this.queue.addFirst(victim)
    this.counters.preemptions++
    // vLLM admits nobody in a step that preempted; here: until something ends, or the victim would come straight back.
    this.isAdmissionHeld = true
  }

  /** Takes a running job's cache and place away. `generated`: its exact token count, where it is known. */
  private release(job: EngineJob<Owner>, generated?: number): void {
    this.running--
    this.kvTokens -= job.heldTokens + (job.state === 'decode' ? this.iteration - job.startIteration : 0)
    if (job.state === 'decode') {
      const total = generated ?? this.generatedSoFar(job)
      this.decoding--
      this.startSum -= job.startIteration
      this.generatedBefore += total - job.generated
      job.generated = total
    } else this.prefills.drop(job)
    if (this.running === 0) this.kvTokens = 0
    if (this.decoding === 0) this.startSum = 0
    if (this.admitted.length > 2 * this.running + COMPACT_AFTER) {
      this.admitted = this.admitted.filter(other => other !== job && (other.state === 'prefill' || other.state === 'decode'))
    }
  }
}

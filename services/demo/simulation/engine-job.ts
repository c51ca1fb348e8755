/** Consumed entries at the front of an array are dropped once there are more than this. */
export const COMPACT_AFTER = 1024

/** A request inside an engine. `owner` is whoever waits for it. */
export class EngineJob<Owner> {
  readonly owner: Owner
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly isCutOff: boolean
  state: 'waiting' | 'prefill' | 'decode' | 'done' = 'waiting'
  submittedAtMs = 0
  admittedAtMs = Number.NaN
  firstTokenAtMs = Number.NaN
  /** Tokens generated up to the last prefill; while decoding, the iterations since then come on top. */
  generated = 0
  heldTokens = 0
  startIteration = 0
  finishIteration = 0
  admission = 0

  /** A job of whole token counts; the cached tokens are part of the input. `isCutOff`: it ends by its length limit. */
  constructor(owner: Owner, inputTokens: number, cachedTokens: number, outputTokens: number, isCutOff: boolean) {
    this.owner = owner
    this.inputTokens = inputTokens
    this.cachedTokens = cachedTokens
    this.outputTokens = outputTokens
    this.isCutOff = isCutOff
  }
}

/** Jobs that an engine has not admitted: preempted ones first, the last of them at the head, then first come first served. */
export class WaitingQueue<Owner> {
  private queue: EngineJob<Owner>[] = []
  private head = 0
  private preempted: EngineJob<Owner>[] = []

  /** Adds a new job at the end. */
  add(job: EngineJob<Owner>): void {
    this.queue.push(job)
  }

  /** Puts a preempted job at the head. */
  addFirst(job: EngineJob<Owner>): void {
    this.preempted.push(job)
  }

  /** The job at the head, left in place. Jobs that ended while they waited are dropped on the way. */
  first(): EngineJob<Owner> | undefined {
    const { preempted } = this
    while (preempted.length > 0 && preempted.at(-1)?.state !== 'waiting') preempted.pop()
    if (preempted.length > 0) return preempted.at(-1)
    while (this.head < this.queue.length && this.queue[this.head]?.state !== 'waiting') this.head++
    if (this.head > COMPACT_AFTER && this.head * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.head)
      this.head = 0
    }
    return this.queue[this.head]
  }

  /** Removes the job that `first` gave. */
  removeFirst(): void {
    if (this.preempted.length > 0) this.preempted.pop()
    else this.head++
  }

  /** Empties the queue; gives the jobs that still waited. */
  clear(): EngineJob<Owner>[] {
    const left = [...this.preempted.reverse(), ...this.queue.slice(this.head)].filter(job => job.state === 'waiting')
    this.queue = []
    this.preempted = []
    this.head = 0
    return left
  }
}

/** Consumed entries at the front of an array are dropped once there are more than this. */
export const COMPACT_AFTER = 1024

/** A request inside an engine. `owner` is whoever waits for it. */
export class EngineJob<Owner> {
  readonly owner: Owner
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly isCutOff: boolean
  readonly isFirst: boolean
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

  /**
   * A job of whole token counts; the cached tokens are part of the input. `isCutOff`: it ends by its length limit. `isFirst`: it goes
   * before all that are not.
   */
  constructor(owner: Owner, inputTokens: number, cachedTokens: number, outputTokens: number, isCutOff: boolean, isFirst = false) {
    this.owner = owner
    this.inputTokens = inputTokens
    this.cachedTokens = cachedTokens
    this.outputTokens = outputTokens
    this.isCutOff = isCutOff
    this.isFirst = isFirst
  }
}

/** Jobs in the order in which they came. Those that ended while they waited are dropped on the way. */
class Line<Owner> {
  private jobs: EngineJob<Owner>[] = []
  private head = 0

  add(job: EngineJob<Owner>): void {
    this.jobs.push(job)
  }

  first(): EngineJob<Owner> | undefined {
    while (this.head < this.jobs.length && this.jobs[this.head]?.state !== 'waiting') this.head++
    if (this.head > COMPACT_AFTER && this.head * 2 > this.jobs.length) {
      this.jobs = this.jobs.slice(this.head)
      this.head = 0
    }
    return this.jobs[this.head]
  }

  removeFirst(): void {
    this.head++
  }

  clear(): EngineJob<Owner>[] {
    const left = this.jobs.slice(this.head)
    this.jobs = []
    this.head = 0
    return left
  }
}

/**
 * Jobs that an engine has not admitted: preempted ones first, the last of them at the head, then those that go first, then first come first
 * served.
 */
export class WaitingQueue<Owner> {
  private readonly ahead = new Line<Owner>()
  private readonly queue = new Line<Owner>()
  private preempted: EngineJob<Owner>[] = []

  /** Adds a new job at the end. */
  add(job: EngineJob<Owner>): void {
    if (job.isFirst) this.ahead.add(job)
    else this.queue.add(job)
  }

  /** Puts a preempted job at the head. */
  addFirst(job: EngineJob<Owner>): void {
    this.preempted.push(job)
  }

  /** The job at the head, left in place. */
  first(): EngineJob<Owner> | undefined {
    const { preempted } = this
    while (preempted.length > 0 && preempted.at(-1)?.state !== 'waiting') preempted.pop()
    return preempted.at(-1) ?? this.ahead.first() ?? this.queue.first()
  }

  /** Removes the job that `first` gave. */
  removeFirst(): void {
    if (this.preempted.length > 0) this.preempted.pop()
    else if (this.ahead.first() !== undefined) this.ahead.removeFirst()
    else this.queue.removeFirst()
  }

  /** Empties the queue; gives the jobs that still waited. */
  clear(): EngineJob<Owner>[] {
    const left = [...this.preempted.reverse(), ...this.ahead.clear(), ...this.queue.clear()].filter(job => job.state === 'waiting')
    this.preempted = []
    return left
  }
}

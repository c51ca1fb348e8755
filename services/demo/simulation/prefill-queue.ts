import { COMPACT_AFTER, type EngineJob } from './engine-job.ts'

/** Admitted requests whose prompts are prefilled one after another; those that were ended or preempted meanwhile are skipped. */
export class PrefillQueue<Owner> {
  /** Prompt tokens that the first still needs; 0: nothing to prefill. */
  tokensLeft = 0
  private entries: { job: EngineJob<Owner>; admission: number }[] = []
  private head = 0

  add(job: EngineJob<Owner>): void {
    this.entries.push({ job, admission: job.admission })
    if (this.tokensLeft === 0) this.startNext()
  }

  /** So many tokens of the first were prefilled. A rest below one token is rounding; `takeFirst` clears it. */
  advance(tokens: number): void {
    this.tokensLeft = Math.max(this.tokensLeft > 0 ? 1e-9 : 0, this.tokensLeft - tokens)
  }

  /** The first, whose prompt is prefilled. */
  takeFirst(): EngineJob<Owner> {
    const { job } = this.entries[this.head++] as { job: EngineJob<Owner> }
    this.startNext()
    return job
  }

  /** The job leaves; when its prompt is being prefilled the next one's turn comes. */
  drop(job: EngineJob<Owner>): void {
    if (this.entries[this.head]?.admission !== job.admission) return
    this.head++
    this.startNext()
  }

  private startNext(): void {
    let next = this.entries[this.head]
    // A job that was preempted and admitted again has two entries; only the later one holds.
    while (next !== undefined && (next.job.state !== 'prefill' || next.job.admission !== next.admission)) next = this.entries[++this.head]
    if (next === undefined) {
      this.entries = []
      this.head = 0
      this.tokensLeft = 0
      return
    }
    if (this.head > COMPACT_AFTER) {
      this.entries = this.entries.slice(this.head)
      this.head = 0
    }
    this.tokensLeft = Math.max(1, next.job.heldTokens - next.job.cachedTokens)
  }
}

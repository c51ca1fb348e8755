/**
 * Deadlines of equal length: they fall due in the order in which they were set, so a list does and most are struck out before they come up.
 */
export class TimeoutLane<Item> {
  readonly timeoutMs: number
  private items: (Item | undefined)[] = []
  private times: number[] = []
  private head = 0
  private dropped = 0

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs
  }

  /** Time of the next deadline that still stands; Infinity: none. */
  get nextAtMs(): number {
    while (this.head < this.items.length && this.items[this.head] === undefined) this.head++
    if (this.head === this.items.length) {
      if (this.head > 0) this.drop()
      return Number.POSITIVE_INFINITY
    }
    if (this.head > 4096 && this.head * 2 > this.items.length) this.drop()
    return this.times[this.head] as number
  }

  /** Sets a deadline `timeoutMs` from `nowMs`; times must not go backwards. Gives the slot for `strike`. */
  add(item: Item, nowMs: number): number {
    this.items.push(item)
    this.times.push(nowMs + this.timeoutMs)
    return this.dropped + this.items.length - 1
  }

  /** Takes a deadline back. */
  strike(slot: number): void {
    const index = slot - this.dropped
    if (index >= this.head) this.items[index] = undefined
  }

  /** Takes out the item whose deadline is `nextAtMs`. */
  shift(): Item | undefined {
    return this.items[this.head++]
  }

  private drop(): void {
    this.items = this.items.slice(this.head)
    this.times = this.times.slice(this.head)
    this.dropped += this.head
    this.head = 0
  }
}

/** A binary heap of items ordered by time, then by the order in which they were added: equal times never depend on the heap's shape. */
export class EventQueue<Item> {
  private times: number[] = []
  private sequences: number[] = []
  private items: Item[] = []
  private nextSequence = 0

  /** How many items wait. */
  get size(): number {
    return this.items.length
  }

  /** Time of the earliest item; Infinity when there is none. */
  get nextTime(): number {
    return this.items.length === 0 ? Number.POSITIVE_INFINITY : (this.times[0] as number)
  }

  /** The earliest item, left in place. */
  peek(): Item | undefined {
    return this.items[0]
  }

  /** Adds an item. */
  push(time: number, item: Item): void {
    const sequence = this.nextSequence++
    const { times, sequences, items } = this
    let hole = items.length
    times.push(time)
    sequences.push(sequence)
    items.push(item)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if ((times[parent] as number) <= time) break
      times[hole] = times[parent] as number
      sequences[hole] = sequences[parent] as number
      items[hole] = items[parent] as Item
      hole = parent
    }
    times[hole] = time
    sequences[hole] = sequence
    items[hole] = item
  }

  /** Takes the earliest item out. */
  pop(): Item | undefined {
    const { times, sequences, items } = this
    const first = items[0]
    const time = times.pop()
    const sequence = sequences.pop()
    const item = items.pop()
    if (items.length === 0 || time === undefined || sequence === undefined) return first
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= items.length) break
      if (child + 1 < items.length && this.isBefore(child + 1, times[child] as number, sequences[child] as number)) child++
      if (!this.isBefore(child, time, sequence)) break
      times[hole] = times[child] as number
      sequences[hole] = sequences[child] as number
      items[hole] = items[child] as Item
      hole = child
    }
    times[hole] = time
    sequences[hole] = sequence
    items[hole] = item as Item
    return first
  }

  private isBefore(index: number, time: number, sequence: number): boolean {
    const own = this.times[index] as number
    return own < time || (own === time && (this.sequences[index] as number) < sequence)
  }
}

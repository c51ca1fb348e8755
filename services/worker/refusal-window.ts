import type { DeadLetter } from '../../schemas/dead-letter.ts'

/** How many of the latest lines were refused. */
export interface RefusalWindow {
  add(source: string, lines: number, deadLetters: readonly DeadLetter[]): void
  /** Forgets what the sources sent that `isForgotten` names. */
  forget(isForgotten: (source: string) => boolean): void
  /** Whether more than the share was refused, however few lines there were. */
  readonly isOver: boolean
  /** Whether there were enough lines to judge by. */
  readonly isFull: boolean
  /** The counts in words, with the codes and one position. */
  describe(): string
}

interface Count {
  source: string
  lines: number
  refused: number
  byCode: Map<string, number>
}

/** What stands for dead letters in words. Not a letter itself: its line may have a quarter of a megabyte, and windows are many. */
type Example = Pick<DeadLetter, 'topic' | 'partition' | 'offset' | 'line_no' | 'message'>

/** Parts in which a window moves on: messages of one line would else be as many counts as lines. */
const PARTS = 32

/** Builds an empty window over the latest `windowLines` lines. What it holds is bounded, whatever the messages are. */
export function buildRefusalWindow({ maxRatio, windowLines }: { maxRatio: number; windowLines: number }): RefusalWindow {
  const partLines = Math.floor(windowLines / PARTS)
  let counts: Count[] = []
  let lines = 0
  let refused = 0
  let latest: Example | undefined
  const countFor = (source: string, newLines: number): Count => {
    const last = counts.at(-1)
    if (last !== undefined && last.source === source && last.lines + newLines <= partLines) return last
    const count = { source, lines: 0, refused: 0, byCode: new Map<string, number>() }
    counts.push(count)
    return count
  }
  return {
    add(source, newLines, deadLetters) {
      const count = countFor(source, newLines)
      count.lines += newLines
      count.refused += deadLetters.length
      for (const { code } of deadLetters) count.byCode.set(code, (count.byCode.get(code) ?? 0) + 1)
      lines += newLines
      refused += deadLetters.length
      const [first] = deadLetters
      if (first !== undefined) latest = exampleFrom(first)
      for (let oldest = counts[0]; oldest && lines - oldest.lines >= windowLines; oldest = counts[0]) {
        counts.shift()
        lines -= oldest.lines
        refused -= oldest.refused
      }
    },
    forget(isForgotten) {
      counts = counts.filter(({ source }) => !isForgotten(source))
      lines = counts.reduce((sum, count) => sum + count.lines, 0)
      refused = counts.reduce((sum, count) => sum + count.refused, 0)
    },
    get isOver() {
      return refused > maxRatio * lines
    },
    get isFull() {
      return lines >= windowLines
    },
    describe: () => `${refused} of the last ${lines} lines were refused (${codesOf(counts)})${exampleText(latest)}`,
  }
}

function codesOf(counts: readonly Count[]): string {
  const byCode = new Map<string, number>()
  for (const [code, refused] of counts.flatMap(count => [...count.byCode])) byCode.set(code, (byCode.get(code) ?? 0) + refused)
  return [...byCode]
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => `${code} ${count}`)
    .join(', ')
}

function exampleFrom({ topic, partition, offset, line_no, message }: DeadLetter): Example {
  return { topic, partition, offset, line_no, message }
}

function exampleText(example: Example | undefined): string {
  if (example === undefined) return ''
  const { topic, partition, offset, line_no, message } = example
  return `, for example ${topic} partition ${partition} offset ${offset} line ${line_no}: ${message}`
}

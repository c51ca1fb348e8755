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
  codes: readonly string[]
}

/** Builds an empty window over the latest `windowLines` lines. */
export function buildRefusalWindow({ maxRatio, windowLines }: { maxRatio: number; windowLines: number }): RefusalWindow {
  let counts: Count[] = []
  let lines = 0
  let refused = 0
  let latest: DeadLetter | undefined
  return {
    add(source, newLines, deadLetters) {
      counts.push({ source, lines: newLines, refused: deadLetters.length, codes: deadLetters.map(letter => letter.code) })
      lines += newLines
      refused += deadLetters.length
      latest = deadLetters[0] ?? latest
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
    describe: () => `${refused} of the last ${lines} lines were refused (${codesOf(counts)})${exampleOf(latest)}`,
  }
}

function codesOf(counts: readonly Count[]): string {
  const byCode = new Map<string, number>()
  for (const code of counts.flatMap(count => count.codes)) byCode.set(code, (byCode.get(code) ?? 0) + 1)
  return [...byCode]
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => `${code} ${count}`)
    .join(', ')
}

function exampleOf(letter: DeadLetter | undefined): string {
  if (letter === undefined) return ''
  const { topic, partition, offset, line_no, message } = letter
  return `, for example ${topic} partition ${partition} offset ${offset} line ${line_no}: ${message}`
}

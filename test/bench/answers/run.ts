/**
 * Scores the answers against the simulator's truth: `npm run bench -- answers [FAMILY …] [--seeds N] [--first SEED] [--tuning]`. N seeds
 * of every family (each has its own number unless told), those kept for scoring unless --tuning, or from --first on. Prints the table with
 * 95 % intervals, baselines beside Weir.
 */
import { parseArgs } from 'node:util'
import { SECOND } from '../../../services/platform/clock.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { tableOf } from '../spine/results.ts'
import { families } from './families.ts'
import { type Family, FIRST_SEED, type MadeUpFamily, SCENARIOS, type Score } from './family.ts'
import { play } from './play.ts'
import { type Scored, scoreRows } from './score-table.ts'

const { values, positionals } = parseArgs({
  options: { seeds: { type: 'string' }, first: { type: 'string' }, tuning: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const wanted = families.filter(
  ({ name, question }) => positionals.length === 0 || positionals.includes(name) || positionals.includes(question),
)
const first = Number(values.first ?? (values.tuning ? FIRST_SEED.tuning : FIRST_SEED.scoring))
const seedsOf = ({ scenarios = SCENARIOS }: Family | MadeUpFamily) =>
  Array.from({ length: Number(values.seeds ?? scenarios) }, (_, index) => first + index)
const total = wanted.reduce((sum, family) => sum + seedsOf(family).length, 0)
const scores: Scored[] = []
const startedAt = performance.now()
let played = 0
for (const family of wanted) for (const seed of seedsOf(family)) scores.push(...(await scoreOf(family, seed)))
console.log(`${played} scenarios in ${Math.round((performance.now() - startedAt) / SECOND)} s, seeds from ${first}`)
console.log(tableOf(scoreRows(scores)))
process.exit()

async function scoreOf(family: Family | MadeUpFamily, seed: number): Promise<Scored[]> {
  const { question, name } = family
  const told = (found: readonly Score[]) => found.map(score => ({ ...score, question, family: name }))
  if ('judge' in family) {
    played++
    return told(family.judge(seed))
  }
  const closing: (() => Promise<void>)[] = []
  const { clickhouse } = await openTestClickHouse({ after: close => void closing.push(close) })
  try {
    const found = await family.score(await play(family.build(seed), seed, { clickhouse }))
    process.stderr.write(`\r${++played} of ${total} scenarios, ${family.name} ${seed}   `)
    return told(found)
  } finally {
    for (const close of closing) await close()
  }
}

/**
 * `npm test -- mutants [AREA or NAME …]`: plants each fault of planted-faults.ts in a copy of the tree, runs the tests that are to notice
 * it and expects them to fail. Prints a line a fault; ends with 1 when fewer than 95 % were noticed or one that was not is not explained.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type PlantedFault, plantedFaults } from './planted-faults.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const left = ['node_modules', '.cache', '.git', 'data']
/** A fault that makes a test hang is noticed as well. */
const MOST_MS = 240_000
const WANTED_SHARE = 0.95

const wanted = process.argv.slice(2)
const chosen = plantedFaults.filter(({ area, name }) => wanted.length === 0 || wanted.includes(area) || wanted.includes(name))
if (chosen.length === 0) {
  console.error(`no planted fault is called ${wanted.join(' or ')}`)
  process.exit(2)
}

const copy = mkdtempSync(join(tmpdir(), 'weir-mutants-'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
for (const name of readdirSync(root).filter(one => !left.includes(one))) cpSync(join(root, name), join(copy, name), { recursive: true })
for (const name of ['node_modules', '.cache']) symlinkSync(join(root, name), join(copy, name))

const survivors: PlantedFault[] = []
for (const [index, fault] of chosen.entries()) {
  const startedMs = performance.now()
  const isNoticed = await notices(fault)
  if (!isNoticed) survivors.push(fault)
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  console.log(`${index + 1}/${chosen.length} ${isNoticed ? 'noticed ' : 'SURVIVED'} ${fault.area}: ${fault.name} (${seconds} s)`)
}
const noticed = chosen.length - survivors.length
console.log(`\n${noticed} of ${chosen.length} planted faults were noticed (${((100 * noticed) / chosen.length).toFixed(1)} %)`)
for (const { area, name, survives } of survivors) console.log(`  survived: ${area}: ${name}${survives ? `: ${survives}` : ', unexplained'}`)
console.log(`${noticed} passed, ${survivors.length} failed`)
const isEnough = noticed >= WANTED_SHARE * chosen.length && survivors.every(({ survives }) => survives !== undefined)
process.exitCode = isEnough ? 0 : 1

async function notices({ file, find, put, tests }: PlantedFault): Promise<boolean> {
  const path = join(copy, file)
  const good = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    good.replace(find, () => put),
  )
  try {
    // One after the other, until the first that notices it.
    for (const one of tests) if (await fails(one)) return true
    return false
  } finally {
    writeFileSync(path, good)
  }
}

async function fails(test: string): Promise<boolean> {
  const options = ['--test', '--test-force-exit', '--test-reporter=dot', test]
  const child = spawn(process.execPath, options, { cwd: copy, stdio: 'ignore' })
  const timer = setTimeout(() => child.kill('SIGKILL'), MOST_MS)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  return code !== 0
}

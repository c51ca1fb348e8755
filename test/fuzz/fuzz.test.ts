/**
 * Structured fuzzing: good inputs of every reader, damaged. `npm test` runs each target for a moment, from a fixed seed; `npm test --
 * fuzz` from a seed of its own that it prints, 2,000,000 inputs unless WEIR_FUZZ_RUNS says otherwise. WEIR_FUZZ_SEED and WEIR_FUZZ_TARGET
 * (part of a name) run one again.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { targets } from './targets.ts'

/** What was found once, kept: `input` is what the target's reader was given, bytes in base64. */
interface Finding {
  target: string
  found: string
  input: unknown
  isBase64?: boolean
}

const { WEIR_FUZZ_RUNS: givenRuns, WEIR_FUZZ_SEED: givenSeed, WEIR_FUZZ_TARGET: wanted = '' } = process.env
const RUNS_IN_PASSING = 120
const chosen = targets.filter(({ name }) => name.includes(wanted))
const runs = givenRuns === undefined ? RUNS_IN_PASSING : Math.ceil(Number(givenRuns) / chosen.length)
const seed = Number(givenSeed ?? (givenRuns === undefined ? 20_261_128 : Date.now() % 2 ** 31))
/** CPU of one input (ms): some thousand times what a line takes, and what an event loop may be held at most. */
const MOST_CPU_MS = 200

suite(`fuzzing with seed ${seed}`, () => {
  assert.ok(chosen.length > 0, `no target has "${wanted}" in its name`)
  for (const target of chosen) {
    test(`${target.name}: ${runs} damaged ones break no promise`, async () => {
      await fc.assert(
        fc.asyncProperty(target.input, async input => {
          const before = process.cpuUsage()
          await target.run(input)
          const { user } = process.cpuUsage(before)
          // Once more before it is believed: collecting garbage counts too.
          if (user / 1_000 > MOST_CPU_MS) await mustBeQuick(target.run, input)
        }),
        { numRuns: runs, seed },
      )
    })
  }
})

async function mustBeQuick(run: (input: unknown) => void | Promise<void>, input: unknown): Promise<void> {
  const before = process.cpuUsage()
  for (let again = 0; again < 3; again++) await run(input)
  const cpuMs = process.cpuUsage(before).user / 3_000
  assert.ok(cpuMs < MOST_CPU_MS, `an input takes ${cpuMs} ms of CPU`)
}

suite('what fuzzing found once', () => {
  const folder = new URL('findings/', import.meta.url)
  const files = readdirSync(folder).filter(name => name.endsWith('.json'))
  assert.ok(files.length > 0)
  for (const file of files) {
    const { target, found, input, isBase64 } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Finding
    test(`${file}: ${found}`, async () => {
      const one = targets.find(({ name }) => name === target)
      assert.ok(one !== undefined, `there is no target "${target}"`)
      await one.run(isBase64 ? Buffer.from(input as string, 'base64') : input)
    })
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { badPieces, quietPieces } from './pieces.ts'
import { firingsOf, told } from './play-rules.ts'

/** Rules were tuned on seeds below 10,000; these were not looked at before. */
const QUIET_SEED = 20_260
const BAD_SEED = 20_360

/** Every second piece, or all of them where they are asked for by name (test/run.ts): each takes four seconds. */
const isWhole = process.env['WEIR_TEST_WEEKS'] === 'whole'
const leftOut = (index: number) => index % 2 === 1 && !isWhole && 'run by: npm test -- weeks'

for (const [index, [name, piece]] of Object.entries(quietPieces(QUIET_SEED)).entries()) {
  // Tickets and informations too, of one piece or of all of them by name: of two seeds and twelve pieces there was none.
  const which = index === 0 || isWhole ? 'all' : 'pages'
  test(`a quiet week pages nobody and is no work: ${name}`, { skip: leftOut(index) }, async t => {
    assert.deepEqual(told(await firingsOf(t, piece, QUIET_SEED, which)), [])
  })
}

for (const [index, [name, { play, pages }]] of Object.entries(badPieces(BAD_SEED)).entries()) {
  test(`a bad week pages for each incident: ${name}`, { skip: leftOut(index) }, async t => {
    const firings = await firingsOf(t, play, BAD_SEED, 'pages')
    for (const rule of pages)
      assert.ok(
        firings.some(one => one.rule === rule && one.inhibited_by === null),
        `${rule}: ${told(firings).join('\n')}`,
      )
    const calmUntilMs = play.simulation.incidents?.[0]?.start_ms ?? 0
    assert.ok(
      firings.every(({ fired_ms }) => fired_ms > calmUntilMs),
      'nothing fires before the incident',
    )
  })
}

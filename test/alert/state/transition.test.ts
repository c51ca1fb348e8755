import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { RuleTiming } from '../../../services/alert/rules/compile-rule.ts'
import { type Course, judge, transition } from '../../../services/alert/state/transition.ts'

const MIN = 60_000
const timing: RuleTiming = {
  above: 10,
  below: undefined,
  recoversAt: 5,
  forMs: 2 * MIN,
  keepFiringForMs: 3 * MIN,
  leastSample: 20,
  leastValue: 0,
  whenUnknown: 'keep',
}
const reading = (value: number | null, sample = 100) => ({ labels: { pool: 'a' }, value, sample, facts: {} })

/** Plays readings of one a minute and gives state and change of each: `value`, `?` cannot be told, `-` not there, `~` too few. */
function play(course: string, over: Partial<RuleTiming> = {}, isComplete = true): string[] {
  const rule = { ...timing, ...over }
  let state: Course | undefined
  return course.split(' ').map((word, index) => {
    const read = word === '-' ? undefined : word === '?' ? reading(null) : word === '~' ? reading(50, 3) : reading(Number(word))
    const isFiring = state !== undefined && ['firing', 'recovering', 'no_data'].includes(state.state)
    const step = transition(state, judge(read, rule, isFiring, isComplete), rule, (index + 1) * MIN)
    state = step.next
    return `${state?.state ?? 'inactive'}${step.change === 'kept' ? '' : `!${step.change}`}`
  })
}

describe('the course of an alert', () => {
  const rows: [string, string, string[], Partial<RuleTiming>?][] = [
    [
      'it fires only when the condition held for as long as the rule asks',
      '12 12 12 12',
      ['pending!began', 'pending', 'firing!fired', 'firing'],
    ],
    ['a condition that ends before is forgotten without a word', '12 12 4 4', ['pending!began', 'pending', 'inactive!dropped', 'inactive']],
    ['without a wait it fires at once', '12', ['firing!fired'], { forMs: 0 }],
    [
      'it ends only below the value at which it recovers, and after a calm',
      '12 8 8 4 4 4 4',
      ['firing!fired', 'firing', 'firing', 'recovering!recovering', 'recovering', 'resolved!resolved', 'resolved'],
      { forMs: 0 },
    ],
    [
      'what holds again within the calm was one alert all along',
      '12 4 12 4 4 4',
      ['firing!fired', 'recovering!recovering', 'firing!held_again', 'recovering!recovering', 'recovering', 'resolved!resolved'],
      { forMs: 0 },
    ],
    [
      'a value that cannot be told neither begins nor ends it',
      '? 12 ? 12 ?',
      ['inactive', 'firing!fired', 'firing', 'firing', 'firing'],
      { forMs: 0 },
    ],
    [
      'or is a state of its own',
      '12 ? ? 12',
      ['firing!fired', 'no_data!no_data', 'no_data', 'firing!data_again'],
      { forMs: 0, whenUnknown: 'no_data' },
    ],
    ['or ends it', '12 ?', ['firing!fired', 'resolved!resolved'], { forMs: 0, whenUnknown: 'resolve' }],
    ['too few to judge is not a reason to fire', '~ ~ ~', ['inactive', 'inactive', 'inactive'], { forMs: 0 }],
    [
      'a thing that is not there any more counts as fine',
      '12 - - -',
      ['firing!fired', 'recovering!recovering', 'recovering', 'resolved!resolved'],
      { forMs: 0 },
    ],
  ]
  for (const [promise, course, expected, over] of rows) test(promise, () => assert.deepEqual(play(course, over), expected))

  test('but not while settling is behind: then it is not known', () => {
    assert.deepEqual(play('12 - - - -', { forMs: 0 }, false), ['firing!fired', 'firing', 'firing', 'firing', 'firing'])
  })

  test('an alert whose traffic has gone ends after half an hour of it', () => {
    const states = play(`12 ${'~ '.repeat(31).trim()}`, { forMs: 0 })
    assert.equal(states[29], 'recovering')
    assert.equal(states[30], 'resolved!resolved')
  })

  test('what begins the third time within an hour ends only after half an hour of calm', () => {
    const calm = { forMs: 0, keepFiringForMs: MIN }
    const states = play(`12 4 12 4 12 ${'4 '.repeat(40).trim()}`, calm)
    assert.deepEqual(states.filter(state => state.endsWith('!fired')).length, 3)
    const ended = states.map((state, index) => (state.endsWith('!resolved') ? index + 1 : 0)).filter(Boolean)
    assert.deepEqual(ended, [2, 4, 35])
  })

  test('a minute that was judged is not judged again to its end', () => {
    const rule = { ...timing, forMs: 0, keepFiringForMs: 0 }
    const fired = transition(undefined, 'holds', rule, MIN)
    assert.equal(transition(fired.next, 'not', rule, MIN).change, 'kept')
    assert.equal(transition(fired.next, 'not', rule, 2 * MIN).change, 'resolved')
  })

  test('a ratio needs its least count, and low traffic never fires', () => {
    const rule = { ...timing, above: 0.2, recoversAt: undefined, leastSample: 0, leastValue: 5 }
    const of = (count: number, sample: number) => ({ labels: {}, value: count / sample, count, sample, facts: {} })
    assert.equal(judge(of(1, 1), rule, false, true), 'not')
    assert.equal(judge(of(5, 10), rule, false, true), 'holds')
    assert.equal(judge(of(1, 2), rule, true, true), 'holds')
  })

  test('whatever is read, every firing has one end, in order, and nothing is told twice', () => {
    const word = fc.constantFrom('12', '12', '4', '8', '?', '~', '-')
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 120 }), fc.boolean(), (words, isComplete) => {
        const changes = play(words.join(' '), { forMs: MIN }, isComplete)
        let isFiring = false
        for (const change of changes) {
          if (change.endsWith('!fired')) {
            assert.equal(isFiring, false)
            isFiring = true
          }
          if (change.endsWith('!resolved')) {
            assert.equal(isFiring, true)
            isFiring = false
          }
          if (change.startsWith('inactive') || change === 'resolved') assert.equal(isFiring, false)
        }
      }),
    )
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { WindowTouched } from '../../schemas/window-events.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import { buildPendingWindows, type PendingWindow, type PendingWindows } from '../../services/settle/pending-windows.ts'

const config = { quietMs: 300, busyMs: 1_500, restUntilMs: 0 }

/** The window that has been due longest, taken by itself. */
const takeOne = (pending: PendingWindows, nowMs: number): PendingWindow | undefined => pending.takeDue(nowMs, config, 1)[0]

function touched(window: number, facts: Partial<WindowTouched> = {}): WindowTouched {
  return { window_start_ms: window * MINUTE, cause: 'rows', rows: 1, oldest_received_at_ms: 0, ...facts }
}

/** When `window` is first given out, asked every 10 ms up to `untilMs` while `touches` (ms) come in; undefined: never. */
function settledAt(touches: readonly number[], untilMs: number): number | undefined {
  const pending = buildPendingWindows()
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 10) {
    for (const [offset, atMs] of touches.entries()) if (atMs === nowMs) pending.touch(touched(1), { partition: 0, offset }, nowMs)
    if (takeOne(pending, nowMs)) return nowMs
  }
  return undefined
}

const dueTable: [name: string, touches: number[], at: number | undefined][] = [
  ['no touch', [], undefined],
  ['one touch: after the quiet time', [0], 300],
  ['a later touch starts the quiet time anew', [0, 200], 500],
  ['a touch after it was given out is another settling', [0, 400], 300],
  ['touches without end: after the busy time', Array.from({ length: 100 }, (_, n) => n * 100), 1_500],
  ['the last touch comes just before the busy time', [0, 290, 580, 870, 1_160, 1_450], 1_500],
]
for (const [name, touches, at] of dueTable) {
  test(`a window is due – ${name}`, () => assert.equal(settledAt(touches, 5_000), at))
}

test('nothing is due before the time that nextDueMs gives, and something is at it', () => {
  const pending = buildPendingWindows()
  assert.equal(pending.nextDueMs(config), undefined)
  pending.touch(touched(1), { partition: 0, offset: 0 }, 100)
  pending.touch(touched(2), { partition: 0, offset: 1 }, 50)
  assert.equal(pending.nextDueMs(config), 350)
  assert.equal(takeOne(pending, 349), undefined)
  assert.equal(takeOne(pending, 350)?.windowStartMs, 2 * MINUTE)
  assert.equal(pending.nextDueMs(config), 400)
})

test('the window that has waited longest goes first, however often another is touched', () => {
  const pending = buildPendingWindows()
  pending.touch(touched(9), { partition: 0, offset: 0 }, 0)
  pending.touch(touched(1), { partition: 0, offset: 1 }, 1)
  for (let offset = 2; offset < 50; offset++) pending.touch(touched(9), { partition: 0, offset }, offset)
  const order = [takeOne(pending, 10_000), takeOne(pending, 10_000), takeOne(pending, 10_000)]
  assert.deepEqual(
    order.map(window => window?.windowStartMs),
    [9 * MINUTE, MINUTE, undefined],
  )
})

test('all windows that are due are given out together, up to a limit, and none before the rest after the last pass is over', () => {
  const pending = buildPendingWindows()
  for (let window = 1; window <= 5; window++) pending.touch(touched(window), { partition: 0, offset: window }, window)
  const take = (nowMs: number, restUntilMs: number) =>
    pending.takeDue(nowMs, { ...config, restUntilMs }, 3).map(({ windowStartMs }) => windowStartMs / MINUTE)
  assert.deepEqual(take(400, 401), [])
  assert.equal(pending.nextDueMs({ ...config, restUntilMs: 401 }), 401)
  assert.deepEqual(take(401, 401), [1, 2, 3])
  assert.deepEqual(take(401, 401), [4, 5])
})

test('a busy window that is given out lines up behind those that waited meanwhile', () => {
  const pending = buildPendingWindows()
  const given: (number | undefined)[] = []
  let offset = 0
  pending.touch(touched(2), { partition: 0, offset: offset++ }, 0)
  pending.touch(touched(3), { partition: 0, offset: offset++ }, 1)
  for (let round = 0; round < 3; round++) {
    const window = takeOne(pending, 2_000 * (round + 1))
    given.push(window?.windowStartMs)
    if (window) pending.finish(window.windowStartMs)
    pending.touch(touched(2), { partition: 0, offset: offset++ }, 2_000 * (round + 1))
  }
  assert.deepEqual(given, [2 * MINUTE, 3 * MINUTE, 2 * MINUTE])
})

test('what the touches of a window said is kept together: any new rows, and the oldest of them', () => {
  const pending = buildPendingWindows()
  pending.touch(touched(1, { cause: 'dependency', oldest_received_at_ms: 50 }), { partition: 0, offset: 0 }, 0)
  pending.touch(touched(1, { oldest_received_at_ms: 20 }), { partition: 0, offset: 1 }, 0)
  pending.touch(touched(1, { cause: 'dependency', oldest_received_at_ms: 30 }), { partition: 0, offset: 2 }, 0)
  pending.touch(touched(2, { cause: 'dependency' }), { partition: 0, offset: 3 }, 1)
  const { windowStartMs, hasNewRows, oldestReceivedAtMs, touches } = takeOne(pending, 400) ?? assert.fail()
  assert.deepEqual([windowStartMs, hasNewRows, oldestReceivedAtMs, touches], [MINUTE, true, 20, 3])
  assert.equal(takeOne(pending, 400)?.hasNewRows, false)
})

test('a window that is put back waits until its time, with the touches that came meanwhile, and holds up no other', () => {
  const pending = buildPendingWindows()
  pending.touch(touched(1, { cause: 'dependency', oldest_received_at_ms: 9 }), { partition: 0, offset: 0 }, 0)
  pending.touch(touched(2), { partition: 0, offset: 1 }, 1)
  assert.equal(takeOne(pending, 400)?.windowStartMs, MINUTE)
  pending.touch(touched(1, { oldest_received_at_ms: 5 }), { partition: 0, offset: 2 }, 410)
  pending.putBack(MINUTE, 5_000)
  assert.equal(takeOne(pending, 2_500)?.windowStartMs, 2 * MINUTE)
  pending.finish(2 * MINUTE)
  assert.equal(takeOne(pending, 4_999), undefined)
  assert.equal(pending.nextDueMs(config), 5_000)
  assert.deepEqual([...pending.committable()], [[0, 0]])
  const { hasNewRows, oldestReceivedAtMs, touches } = takeOne(pending, 5_000) ?? assert.fail()
  assert.deepEqual([hasNewRows, oldestReceivedAtMs, touches], [true, 5, 2])
  pending.finish(MINUTE)
  assert.deepEqual([...pending.committable()], [[0, 3]])
})

test('while a window is being settled its further touches wait, and are not committed with it', () => {
  const pending = buildPendingWindows()
  pending.touch(touched(1), { partition: 0, offset: 0 }, 0)
  assert.ok(takeOne(pending, 300))
  pending.touch(touched(1), { partition: 0, offset: 1 }, 310)
  assert.equal(takeOne(pending, 10_000), undefined)
  pending.finish(MINUTE)
  assert.deepEqual([...pending.committable()], [[0, 1]])
  assert.ok(takeOne(pending, 10_000))
})

test('a message that asks for nothing is passed, but never before the windows ahead of it', () => {
  const pending = buildPendingWindows()
  pending.pass({ partition: 0, offset: 0 })
  assert.deepEqual([...pending.committable()], [[0, 1]])
  pending.touch(touched(1), { partition: 0, offset: 1 }, 0)
  pending.pass({ partition: 0, offset: 2 })
  assert.deepEqual([...pending.committable()], [[0, 1]])
})

test('a window that was put back after its partition was taken away is not settled again', () => {
  const pending = buildPendingWindows()
  pending.touch(touched(1), { partition: 0, offset: 0 }, 0)
  takeOne(pending, 300)
  pending.forget([0])
  pending.putBack(MINUTE, 400)
  assert.equal(pending.waiting, 0)
  assert.deepEqual([...pending.committable()], [])
})

type Step =
  | { do: 'touch'; window: number; partition: number }
  | { do: 'pass'; partition: number }
  | { do: 'take' | 'finish' | 'putBack' }
  | { do: 'forget'; partition: number }

const partition = fc.nat(2)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('touch' as const), window: fc.nat(4), partition }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), partition }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('finish' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('putBack' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), partition }) },
)

/** The promise in the plainest form: every touch by itself, until its window is finished. */
interface Touch {
  window: number
  partition: number
  offset: number
  isTaken: boolean
}

function apply(pending: PendingWindows, one: Step, state: { touches: Touch[]; next: number[]; under: number[]; nowMs: number }): void {
  state.nowMs += 137
  const place = (of: number) => ({ partition: of, offset: state.next[of] as number })
  if (one.do === 'touch') {
    pending.touch(touched(one.window), place(one.partition), state.nowMs)
    state.touches.push({ window: one.window * MINUTE, ...place(one.partition), isTaken: false })
    ;(state.next[one.partition] as number)++
  } else if (one.do === 'pass') {
    pending.pass(place(one.partition))
    ;(state.next[one.partition] as number)++
  } else if (one.do === 'take') {
    const window = takeOne(pending, state.nowMs)
    if (!window) return
    assert.ok(!state.under.includes(window.windowStartMs), 'never given out twice at once')
    state.under.push(window.windowStartMs)
    for (const touch of state.touches) if (touch.window === window.windowStartMs) touch.isTaken = true
  } else if (one.do === 'forget') {
    pending.forget([one.partition])
    state.touches = state.touches.filter(touch => touch.partition !== one.partition)
  } else {
    const window = state.under.shift()
    if (window === undefined) return
    if (one.do === 'finish') {
      pending.finish(window)
      state.touches = state.touches.filter(touch => !(touch.window === window && touch.isTaken))
    } else {
      pending.putBack(window, state.nowMs + 100)
      for (const touch of state.touches) if (touch.window === window) touch.isTaken = false
    }
  }
}

test('whatever happens, no partition is committed past a touch whose window is not finished, and none is forgotten', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const pending = buildPendingWindows()
      const state = { touches: [] as Touch[], next: [0, 0, 0], under: [] as number[], nowMs: 0 }
      for (const one of steps) {
        apply(pending, one, state)
        for (const [of, position] of pending.committable()) {
          const lowest = Math.min(
            ...state.touches.filter(touch => touch.partition === of).map(touch => touch.offset),
            state.next[of] as number,
          )
          assert.equal(position, lowest)
        }
      }
      // Everything that is still open comes up once more and, finished, lets every partition be committed to its end.
      for (const window of state.under) pending.putBack(window, state.nowMs)
      const open = new Set(state.touches.map(touch => touch.window))
      const left = new Set<number>()
      for (let window = takeOne(pending, 1e9); window; window = takeOne(pending, 1e9)) {
        left.add(window.windowStartMs)
        pending.finish(window.windowStartMs)
      }
      assert.deepEqual([...left].sort(), [...open].sort())
      for (const [of, position] of pending.committable()) assert.equal(position, state.next[of])
    }),
    { numRuns: 2_000 },
  )
})

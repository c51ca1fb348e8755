import assert from 'node:assert/strict'
import { delay } from '../../services/platform/clock.ts'

/** What tests wait for takes a second or two; a fault that keeps it from coming must not keep the test for ever. */
const GIVE_UP_AFTER_MS = 20_000

/** Waits until it is so, looking every `everyMs`. Fails after 20 s, and with what `isSo` throws. */
export async function until(isSo: () => boolean | Promise<boolean>, everyMs = 2): Promise<void> {
  const giveUpAtMs = performance.now() + GIVE_UP_AFTER_MS
  while (!(await isSo())) {
    assert.ok(performance.now() < giveUpAtMs, `not within ${GIVE_UP_AFTER_MS / 1000} s: ${isSo}`)
    await delay(everyMs)
  }
}

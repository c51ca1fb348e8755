import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openProgressLine } from '../../../services/cli/report/progress-line.ts'

function output(isTTY: boolean) {
  const clock = { ms: 0 }
  const written: string[] = []
  const stream = { isTTY, write: (text: string) => written.push(text) > 0 }
  return { clock, written, open: () => openProgressLine(stream as never, () => clock.ms) }
}
const reading = { file: 'a.log', doneBytes: 50, totalBytes: 100, lines: 12_345 }

test('off a terminal long work says a whole line every few seconds, and short work nothing', () => {
  const { clock, written, open } = output(false)
  {
    using line = open()
    line.say('starting ClickHouse')
    clock.ms = 2_900
    line.read(reading)
    assert.deepEqual(written, [])
    clock.ms = 3_000
    line.read(reading)
    line.read(reading)
    clock.ms = 6_500
    line.settle(6, 60)
  }
  assert.deepEqual(written, ['weir report: reading a.log: 50 %, 12,345 lines\n', 'weir report: 6 of 60 minutes are settled\n'])
})

test('on a terminal it is one line that changes and is cleared in the end', () => {
  const { clock, written, open } = output(true)
  {
    using line = open()
    line.say('starting ClickHouse')
    line.read(reading)
    clock.ms = 250
    line.read({ ...reading, totalBytes: undefined, doneBytes: 3_000_000 })
  }
  assert.deepEqual(written, ['\r\u001b[Kstarting ClickHouse', '\r\u001b[Kreading a.log: 3 MB, 12,345 lines', '\r\u001b[K'])
})

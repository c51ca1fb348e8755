import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { parseExposition } from '../../../../schemas/metrics/engines/exposition.ts'
import { sample } from '../../../fixtures/samples.ts'

/** [name, labels, value] of the only series of a line. */
function read(line: string): unknown[] {
  const { series, errors } = parseExposition(line)
  assert.deepEqual(errors, [])
  assert.equal(series.length, 1)
  return [series[0]?.name, Object.fromEntries(series[0]?.labels ?? []), series[0]?.value]
}

suite('metrics exposition', () => {
  const good: [string, unknown[]][] = [
    ['up 1', ['up', {}, 1]],
    ['up\t1\t1395066363000', ['up', {}, 1]],
    ['up{} 1', ['up', {}, 1]],
    ['vllm:running{engine="0",} 14.0', ['vllm:running', { engine: '0' }, 14]],
    ['a { b = "c" , d="e" } -2.5e-3', ['a', { b: 'c', d: 'e' }, -0.0025]],
    ['a{b="q\\"u\\\\o\\nte"} 1', ['a', { b: 'q"u\\o\nte' }, 1]],
    ['a{b="}, {= # 1"} 1', ['a', { b: '}, {= # 1' }, 1]],
    ['a NaN', ['a', {}, Number.NaN]],
    ['a +Inf', ['a', {}, Number.POSITIVE_INFINITY]],
    ['a -Inf', ['a', {}, Number.NEGATIVE_INFINITY]],
    ['a_bucket{le="0.5"} 8 # {trace_id="x"} 0.3 1520879607.789', ['a_bucket', { le: '0.5' }, 8]],
    ['a 1 1520879607.789', ['a', {}, 1]],
    ['a{b="x"}1', ['a', { b: 'x' }, 1]],
    ['a 1\r', ['a', {}, 1]],
  ]
  for (const [line, series] of good) test(`${JSON.stringify(line)} is read`, () => assert.deepEqual(read(line), series))

  const bad: [string, RegExp][] = [
    ['a{"b"="c"} 1', /expected a label name or } at character 3/],
    ['a{b="c" 1', /expected , or }/],
    ['a{b="c\\x"} 1', /with the escapes/],
    ['a{b="c} 1', /label value in quotes/],
    ['a{b=c} 1', /label value in quotes/],
    ['a{b="1",b="2"} 1', /the label b stands there twice/],
    ['a', /expected labels or a value/],
    ['a{b="c"}', /expected a number/],
    ['a one', /expected a number/],
    ['a 1x', /expected a number/],
    ['a 0x10', /expected a number/],
    ['a 1 2 3', /expected the end of the line/],
    ['9a 1', /expected a metric name/],
    ['<html>', /expected a metric name/],
    ['a{b="\u0000"} 1', /NUL/],
    ['# TYPE a bucket', /"bucket" is no metric type/],
    ['# TYPE a', /needs a metric name and a type/],
  ]
  for (const [line, message] of bad) {
    test(`${JSON.stringify(line)} is reported with its line number, and its neighbours are kept`, () => {
      const { series, errors } = parseExposition(`before 1\n${line}\nafter 2\n`)
      assert.deepEqual(
        series.map(one => one.name),
        ['before', 'after'],
      )
      assert.equal(errors.length, 1)
      assert.equal(errors[0]?.lineNo, 2)
      assert.match(errors[0]?.message ?? '', message)
    })
  }

  test('nothing follows # EOF, and comments say nothing', () => {
    const { series, errors } = parseExposition('# HELP a "quotes { and all\n#comment\na 1\n# EOF\nb 2\n')
    assert.deepEqual(
      series.map(one => one.name),
      ['a'],
    )
    assert.deepEqual(
      errors.map(error => error.lineNo),
      [5],
    )
  })

  test('a series that stands there twice counts once, in whatever order its labels come', () => {
    const { series, errors } = parseExposition('a{b="1",c="2"} 5\na{c="2",b="1"} 7\n')
    assert.deepEqual(
      series.map(one => one.value),
      [5],
    )
    assert.match(errors[0]?.message ?? '', /stood above already/)
  })

  test('Kong’s documented sample has six malformed labels and six readable series', () => {
    const { series, errors } = parseExposition(sample('kong_prometheus_doc.prom').toString('utf8'))
    const quoted = errors.filter(error => error.line.includes('"request_mode"='))
    assert.equal(quoted.length, 6)
    // The rest are TYPE lines that call a histogram a bucket.
    assert.equal(errors.length - quoted.length, errors.filter(error => error.line.endsWith(' bucket')).length)
    assert.equal(series.length, 6)
  })

  test('no text breaks the reader, and reading is deterministic', () => {
    const line = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^a\{?[b"=\\,}]{0,6} ?[0-9NaN+Inf]{0,4}$/))
    fc.assert(
      fc.property(fc.array(line), lines => {
        const text = lines.join('\n')
        assert.deepEqual(parseExposition(text), parseExposition(text))
      }),
    )
  })

  test('any labels and values read back as they were written', () => {
    const labels = fc.uniqueArray(
      fc.tuple(
        fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/),
        fc.string().filter(text => !text.includes('\0')),
      ),
      { selector: ([name]) => name },
    )
    const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    fc.assert(
      fc.property(labels, fc.double(), (pairs, value) => {
        const number = Number.isNaN(value) ? 'NaN' : value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value)
        const line = `a{${pairs.map(([name, text]) => `${name}="${escaped(text)}"`).join(',')}} ${number}`
        assert.deepEqual(read(line), ['a', Object.fromEntries(pairs), value === 0 ? 0 : value])
      }),
    )
  })
})

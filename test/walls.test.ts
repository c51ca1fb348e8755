import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { test } from 'node:test'
import { brokenPackageWalls, brokenWalls, importCircles } from './walls/broken-walls.ts'
import { type ImportGraph, importsOf, ROOT, readImportGraph } from './walls/import-graph.ts'
import { filesTooLong, linesTooLong, readWrittenFiles } from './walls/line-lengths.ts'
import { doors, packageWalls, plannedRooms, rooms } from './walls/rooms.ts'

const graph = readImportGraph()

test('no file imports through a wall', () => {
  assert.ok(graph.size > 300, 'the code was found')
  holds(brokenWalls(graph, rooms, doors))
})

test('a package with an effect of its own is imported where it belongs', () => {
  holds(brokenPackageWalls(graph, packageWalls))
})

test('no files import each other in a circle, types included', () => {
  holds(importCircles(graph))
})

test('no line is longer than the screen and no file longer than what is read at once', () => {
  const files = readWrittenFiles()
  assert.ok(files.size > graph.size, 'SQL was found too')
  holds([...linesTooLong(files), ...filesTooLong(files)])
})

test('every room exists or is planned, not both', () => {
  const without = rooms.map(({ room }) => room).filter(room => globSync(`${room}/**/*.{ts,mjs}`, { cwd: ROOT }).length === 0)
  assert.deepEqual(without.sort(), [...plannedRooms].sort())
})

test('every door is used', () => {
  const unused = doors.filter(({ from, to }) => !graph.get(from)?.files.includes(to))
  assert.deepEqual(unused, [])
})

test('every wall fails with its reason when it is broken', () => {
  const attempts: [from: string, to: string][] = [
    ['services/platform/log.ts', 'schemas/topics.ts'],
    ['services/platform/log.ts', 'services/money/decimal.ts'],
    ['schemas/topics.ts', 'services/platform/event-log/port.ts'],
    ['schemas/topics.ts', 'services/money/decimal.ts'],
    ['services/money/decimal.ts', 'services/settle/settle-windows.ts'],
    ['services/worker/flush.ts', 'services/settle/settle-windows.ts'],
    ['services/settle/settle-windows.ts', 'services/cli/main.ts'],
    ['services/api/main.ts', 'services/standalone/compose.ts'],
    ['services/worker/decode/split-lines.ts', 'services/worker/flush.ts'],
    ['services/api/http/server.ts', 'services/api/reports/usage.ts'],
    ['services/api/statements/statements.ts', 'services/api/reports/usage.ts'],
    ['services/demo/simulation/engine.ts', 'services/money/decimal.ts'],
    ['services/cli/main.ts', 'test/api/fixture.ts'],
    ['docs/pages/products-page.ts', 'test/api/fixture.ts'],
    ['bin/write-docs.mjs', 'test/walls/rooms.ts'],
  ]
  for (const [from, to] of attempts) {
    const [sentence, ...others] = brokenWalls(oneImport(from, to), rooms)
    const wall = rooms.filter(({ room }) => from.startsWith(`${room}/`)).sort((one, other) => other.room.length - one.room.length)[0]
    assert.deepEqual(others, [])
    assert.match(sentence ?? '', new RegExp(`^${from} imports ${to}: ${wall?.room} may import `))
    assert.ok(sentence?.endsWith(`, since ${wall?.because}`), `${from} → ${to}: ${sentence}`)
  }
})

test('what a room may import, its own files among them, breaks no wall', () => {
  for (const [from, to] of [
    ['services/worker/flush.ts', 'services/worker/decode/split-lines.ts'],
    ['services/worker/decode/split-lines.ts', 'services/platform/errors.ts'],
    ['schemas/dead-letter.ts', 'services/platform/errors.ts'],
    ['services/cli/main.ts', 'services/settle/settle-windows.ts'],
    ['test/api/fixture.ts', 'services/api/main.ts'],
  ] as const) {
    assert.deepEqual(brokenWalls(oneImport(from, to), rooms), [])
  }
})

test('a new folder is asked for its wall', () => {
  assert.match(
    brokenWalls(oneImport('services/mailer/main.ts', 'schemas/topics.ts'), rooms).join(),
    /^services\/mailer\/main.ts stands in no room/,
  )
})

test('a package in the wrong place fails with the reason', () => {
  const graph = new Map([['services/settle/main.ts', { files: [], packages: ['kafkajs', 'luxon'] }]])
  assert.match(brokenPackageWalls(graph, packageWalls).join(), /^services\/settle\/main.ts imports kafkajs, .* has a second adapter$/)
})

test('a circle is told once, with the way round', () => {
  const circle = new Map([
    ['a.ts', { files: ['b.ts'], packages: [] }],
    ['b.ts', { files: ['c.ts'], packages: [] }],
    ['c.ts', { files: ['b.ts'], packages: [] }],
  ])
  assert.deepEqual(importCircles(circle), ['import circle: b.ts → c.ts → b.ts'])
})

test('a long line and a long file are named', () => {
  const files = new Map([
    ['a/b/c.sql', `${'é'.repeat(140)}\nSELECT ${'x'.repeat(140)}\n`],
    ['b.ts', '\n'.repeat(301)],
  ])
  assert.deepEqual(linesTooLong(files), ['a/b/c.sql:2 is longer than 140 characters: wrap it'])
  assert.deepEqual(filesTooLong(files), ['b.ts has 301 lines; at most 300: take a part out that has a name of its own'])
})

test('imports are found in every form that the code uses', () => {
  const source = [
    "import { a } from './a.ts'",
    "import type { B } from '../b.ts'",
    'import {',
    '  c,',
    "} from './c.ts'",
    "export { d } from './d.ts'",
    "import './e.ts'",
    "const f = await import('./f.ts')",
    "const text = readFileSync(new URL('./queries/g.sql', import.meta.url), 'utf8')",
    "import { h } from 'package/h'",
    "const said = 'nothing from ./here.ts'",
  ].join('\n')
  assert.deepEqual(importsOf('services/x/y.ts', source), {
    files: ['a.ts', '../b.ts', 'c.ts', 'd.ts', 'e.ts', 'f.ts', 'queries/g.sql'].map(name =>
      name.startsWith('..') ? `services/${name.slice(3)}` : `services/x/${name}`,
    ),
    packages: ['package/h'],
  })
})

function holds(broken: readonly string[]) {
  if (broken.length > 0) assert.fail(broken.join('\n'))
}

function oneImport(from: string, to: string): ImportGraph {
  return new Map([[from, { files: [to], packages: [] }]])
}

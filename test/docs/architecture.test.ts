import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { architecturePage } from '../../docs/pages/architecture-page.ts'
import { topics } from '../../schemas/topics.ts'
import { rooms } from '../walls/rooms.ts'
import { namedPaths, sectionOf } from './named-paths.ts'

const page = readFileSync('docs/architecture.md', 'utf8')

test('docs/architecture.md holds what the code says (write it with node bin/write-docs.mjs)', () => {
  assert.ok(architecturePage(page) === page, 'docs/architecture.md is stale: run node_modules/.bin/node bin/write-docs.mjs')
})

test('every path that it names exists', () => {
  const paths = namedPaths(page)
  assert.ok(paths.length > 60)
  assert.deepEqual(
    paths.filter(path => !existsSync(path)),
    [],
  )
})

test('every room that holds files is told, with what to read first', () => {
  const told = sectionOf(page, 'Rooms')
  const built = rooms.map(({ room }) => room).filter(room => /^(services\/[a-z]+|schemas)$/.test(room) && existsSync(room))
  assert.ok(built.length >= 12)
  for (const room of built) assert.match(told, new RegExp(`^\\| \`${room}\` \\| .+ \\| \`${room}/`, 'm'))
})

test('its topics are the declared ones', () => {
  const told = [...sectionOf(page, 'Topics').matchAll(/^\| `([^`]+)` \|/gm)].map(match => match[1])
  assert.deepEqual(
    told,
    topics.map(({ name }) => name),
  )
})

test('a walk never comes back to a room that it left, or says why', () => {
  const walks = sectionOf(page, 'Walks').split('\n### ').slice(1)
  assert.equal(walks.length, 4)
  for (const walk of walks) {
    const steps = [...walk.matchAll(/^\d+\. `([^`]+)`: (.+)$/gm)].map(([, path = '', says = '']) => ({ room: roomOf(path), says }))
    assert.ok(steps.length >= 7, walk)
    for (const [index, { room, says }] of steps.entries()) {
      const isBack = steps[index - 1]?.room !== room && steps.slice(0, index).some(step => step.room === room)
      if (isBack) assert.match(says, /\bback in .* because /, `${walk.split('\n')[0]}, step ${index + 1}`)
    }
  }
})

function roomOf(path: string) {
  return path.split('/').slice(0, 2).join('/')
}

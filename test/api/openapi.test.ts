import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fieldTexts } from '../../services/api/http/field-texts.ts'
import { openTestApi } from './fixture.ts'

const api = await openTestApi({ after })
const { body: document } = await api.get('/openapi.json')

interface Node {
  readonly [name: string]: unknown
}

/** Every object of the document, with where it stands. */
function* nodesOf(node: unknown, place = ''): Generator<[place: string, node: Node]> {
  if (node === null || typeof node !== 'object') return
  yield [place, node as Node]
  for (const [name, value] of Object.entries(node)) yield* nodesOf(value, `${place}/${name}`)
}

const isLeaf = ({ type, anyOf }: Node): boolean =>
  ['string', 'integer', 'number', 'boolean'].includes(String(type)) || (Array.isArray(anyOf) && anyOf.some(one => isLeaf(one as Node)))

test('every property of every body has a text, and every value an example that fits its type', () => {
  let found = 0
  for (const [place, node] of nodesOf(document.paths)) {
    if (node['properties'] === null || typeof node['properties'] !== 'object') continue
    for (const [name, schema] of Object.entries(node['properties'] as Record<string, Node>)) {
      found++
      assert.ok(typeof schema['description'] === 'string' && schema['description'] !== '', `${place}.${name} has no text`)
      if (!isLeaf(schema)) continue
      const [example] = (schema['examples'] as unknown[]) ?? []
      assert.notEqual(example, undefined, `${place}.${name} has no example`)
      if (schema['type'] === 'integer') assert.ok(Number.isInteger(example), `${place}.${name}`)
      if (schema['type'] === 'boolean' || schema['type'] === 'string') assert.equal(typeof example, schema['type'], `${place}.${name}`)
      if (Array.isArray(schema['enum'])) assert.ok(schema['enum'].includes(example), `${place}.${name}`)
      if (typeof schema['pattern'] === 'string') assert.match(String(example), new RegExp(schema['pattern']), `${place}.${name}`)
    }
  }
  assert.ok(found > 2_000, `${found} properties were looked at`)
})

test('every parameter has a text, and every route says how it refuses', () => {
  for (const [path, methods] of Object.entries(document.paths as Record<string, Record<string, Node>>)) {
    for (const [method, operation] of Object.entries(methods)) {
      const { parameters = [], responses } = operation as { parameters?: Node[]; responses: Node }
      for (const parameter of parameters) {
        assert.ok(parameter['description'], `${method} ${path}: ${parameter['name']} has no text`)
      }
      for (const status of ['400', '401', '403', '429', '503'])
        assert.ok(status in responses, `${method} ${path} does not tell of ${status}`)
    }
  }
})

test('a name that no field has any more has no text left', () => {
  const names = new Set<string>()
  for (const [, node] of nodesOf(document.paths)) {
    if (node['properties'] !== null && typeof node['properties'] === 'object')
      for (const name of Object.keys(node['properties'])) names.add(name)
    if (typeof node['in'] === 'string') names.add(String(node['name']))
  }
  assert.deepEqual(
    Object.keys(fieldTexts).filter(name => !names.has(name)),
    [],
  )
})

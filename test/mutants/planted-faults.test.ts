import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { plantedFaults } from './planted-faults.ts'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))

test('every planted fault still has its place in the code, and tests that are there', () => {
  assert.ok(plantedFaults.length > 0)
  for (const { name, file, find, put, tests } of plantedFaults) {
    assert.equal(readFileSync(path(file), 'utf8').split(find).length - 1, 1, `${name}: ${file} has this once: ${find}`)
    assert.notEqual(find, put)
    assert.ok(tests.length > 0 && tests.every(one => existsSync(path(one))), `${name}: ${tests.join(', ')}`)
  }
  assert.equal(new Set(plantedFaults.map(({ name }) => name)).size, plantedFaults.length, 'each has a name of its own')
})

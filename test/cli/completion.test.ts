import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { commands } from '../../services/cli/commands.ts'
import { bashScript } from '../../services/cli/completion/bash.ts'
import { fishScript } from '../../services/cli/completion/fish.ts'
import { readTree } from '../../services/cli/completion/tree.ts'
import { zshScript } from '../../services/cli/completion/zsh.ts'

const places = await readTree(commands)
const directory = mkdtempSync(join(tmpdir(), 'weir-completion-'))
after(() => rmSync(directory, { recursive: true, force: true }))

/** What bash offers after these words; the last one is being typed. */
function bashOffers(...words: string[]): string[] {
  const script = `${bashScript(places)}
COMP_WORDS=(weir ${words.map(word => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
cd '${directory}'
_weir
printf '%s\\n' "\${COMPREPLY[@]}"`
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  assert.equal(stderr, '')
  return stdout.split('\n').filter(Boolean)
}

test('bash completes commands, sub-commands, options, their values and files, as the program declares them', () => {
  writeFileSync(join(directory, 'october.jsonl'), '')
  assert.deepEqual(bashOffers('sta').sort(), ['standalone', 'statements'])
  assert.deepEqual(bashOffers('prices', 'im'), ['import'])
  assert.deepEqual(bashOffers('prices', 'import', 'x', '--override'), ['--override-own', '--override-later'])
  assert.deepEqual(bashOffers('report', '--format', ''), ['text', 'json', 'html', 'markdown'])
  assert.deepEqual(bashOffers('report', '--format', 'json', 'oct'), ['october.jsonl'])
  assert.deepEqual(bashOffers('report', '--prices', 'oct'), ['october.jsonl'])
  assert.deepEqual(bashOffers('help', 'terms', 'sh'), ['show'])
  assert.deepEqual(bashOffers('budgets', '--ten'), ['--tenant'])
  assert.deepEqual(bashOffers('statements', 'close', '--month', ''), [], 'what is free text is not guessed')
})

test('every command, sub-command and option of the program is in every script', async () => {
  const scripts = [bashScript(places), zshScript(places), fishScript(places)]
  for (const entry of commands) {
    for (const [sub, { options = {} }] of Object.entries((await entry.load()).subCommands)) {
      for (const word of [entry.name, sub, ...Object.keys(options)]) {
        for (const script of scripts) assert.ok(script.includes(word), `${entry.name} ${sub}: ${word}`)
      }
    }
  }
})

test('zsh and fish can read their scripts', t => {
  const shells = { zsh: zshScript(places), fish: fishScript(places) }
  const missing = Object.entries(shells).filter(([shell, script]) => {
    const file = join(directory, shell)
    writeFileSync(file, script)
    const { error, status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
    if (error !== undefined) return true
    assert.equal(status, 0, stderr)
    return false
  })
  if (missing.length > 0) t.diagnostic(`skipped, not installed: ${missing.map(([shell]) => shell).join(', ')}`)
})

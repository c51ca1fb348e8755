/** The official FOCUS validator (PyPI focus-validator, MIT) as tests run it: in a virtual environment of its own under .cache/. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const REQUIREMENTS = fileURLToPath(new URL('validator-requirements.txt', import.meta.url))
const CACHE = fileURLToPath(new URL('../../../.cache/', import.meta.url))

/** Rules by what the validator said of them. */
export interface Verdict {
  failed: string[]
  passed: number
}

/** The program that checks a file, or why there is none. */
export type Validator = { check(file: string, criteria: string): Promise<Verdict> } | { missing: string }

/** Finds Python 3.12 or later, installs the validator once (a minute), gives a way to run it. */
export async function openValidator(): Promise<Validator> {
  const python = await findPython()
  if (python === undefined) return { missing: 'there is no Python 3.12 or later on PATH or under ~/.pyenv' }
  const name = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12)
  const directory = join(CACHE, `focus-validator-${name}`)
  try {
    await install(python, directory)
  } catch (error) {
    return { missing: `focus-validator could not be installed: ${String(error).slice(0, 300)}` }
  }
  return { check: (file, criteria) => check(join(directory, 'bin', 'python'), file, criteria) }
}

async function findPython(): Promise<string | undefined> {
  const pyenv = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions')
  const installed = existsSync(pyenv) ? readdirSync(pyenv).map(version => join(pyenv, version, 'bin', 'python3')) : []
  for (const candidate of ['python3.14', 'python3.13', 'python3.12', 'python3', ...installed]) {
    const isFit = await run(candidate, ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 12))']).then(
      () => true,
      () => false,
    )
    if (isFit) return candidate
  }
  return undefined
}

async function install(python: string, directory: string): Promise<void> {
  const ready = join(directory, 'ready')
  if (existsSync(ready)) return
  rmSync(directory, { recursive: true, force: true })
  await run(python, ['-m', 'venv', directory])
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-compile', '--disable-pip-version-check', '--requirement', REQUIREMENTS]
  await run(join(directory, 'bin', 'python'), pip, { timeout: 300_000 })
  writeFileSync(ready, '')
}

async function check(python: string, file: string, criteria: string): Promise<Verdict> {
  // It reads its list of currencies by a path relative to where it is installed.
  const { stdout } = await run(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'])
  const folder = mkdtempSync(join(tmpdir(), 'weir-focus-'))
  try {
    const report = join(folder, 'report.xml')
    const output = ['--output-type', 'unittest', '--output-destination', report]
    const options = ['--validate-version', '1.2', '--block-download', '--applicability-criteria', criteria]
    await run(python, ['-m', 'focus_validator.main', '--data-file', file, ...options, ...output], { cwd: stdout.trim(), timeout: 300_000 })
    return readReport(readFileSync(report, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** JUnit XML: a rule failed when its test case holds a failure or an error, and was not run when it holds `skipped`. */
function readReport(xml: string): Verdict {
  const cases = [...xml.matchAll(/<testcase name="([^ "]+)[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)]
  const failed = cases.filter(([, , body]) => /<(failure|error)\b/.test(body ?? '')).map(([, rule]) => rule as string)
  const skipped = cases.filter(([, , body]) => /<skipped\b/.test(body ?? '')).length
  return { failed: failed.sort(), passed: cases.length - failed.length - skipped }
}

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { SECOND } from '../../platform/clock.ts'
import { ArgumentError, type Command, type Given, type SubCommand, textOf } from '../command.ts'
import { openPositions } from './positions.ts'
import { sendLines } from './send-lines.ts'
import { tailFiles } from './tail-files.ts'

const EVERY_MS = SECOND

const run: SubCommand = {
  takes: 'GLOB…',
  positionals: [1, 1_000],
  does:
    'Sends the lines of log files to Weir, and what is added to them, until Ctrl-C: plain, .gz and .zst, through rotation and ' +
    'truncation, at least once (what comes twice counts once). Positions are kept, so that a restart goes on where it was.',
  options: {
    url: { value: 'URL', does: "ingest's address (default: this machine, at WEIR_INGEST_PORT)" },
    source: { value: 'NAME', does: 'name of the sender (default: the name of this machine)' },
    dialect: { value: 'NAME', does: 'whose lines they are; they are recognised unless told (docs/dialects.md)' },
    'token-file': { value: 'FILE', does: "file with the sender's token, where ingest asks for one (weir tokens add --role sender)" },
    positions: { value: 'FILE', does: 'where positions are kept (default: tail-positions.json in WEIR_DATA_DIR)' },
    once: { does: 'ends when all that is there is sent' },
  },
  async run(given, { settings, note, print }) {
    const stop = new AbortController()
    const end = () => stop.abort()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
    const config = sendConfigOf(given, settings.ingest.port)
    const positionsFile = textOf(given, 'positions') ?? join(settings.log.dataDir, 'tail-positions.json')
    const positions = openPositions(positionsFile)
    const counts = await tailFiles(
      { globs: given.positionals, everyMs: EVERY_MS, isOnce: given.values['once'] === true },
      { positions, note, signal: stop.signal, send: lines => sendLines(lines, config, { signal: stop.signal, note }) },
    )
    if (counts.files === 0) note(`no file matches ${given.positionals.join(' ')}`)
    else if (counts.accepted + counts.rejected === 0)
      note(`all of it was sent before, as ${positionsFile} says: --positions FILE sends it again`)
    print(`${counts.accepted} lines are on Weir's disk, ${counts.rejected} were refused, of ${counts.files} files`)
    if (counts.accepted > 0)
      note('whether they can be read and charged tells the console, at Pipeline; what counts, within seconds, at Overview')
    return counts.files === 0 ? 1 : 0
  },
}

function sendConfigOf(given: Given, port: number) {
  const url = textOf(given, 'url') ?? `http://localhost:${port}`
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new ArgumentError(`--url ${url} is no address, such as http://weir.example:8686`)
  const tokenFile = textOf(given, 'token-file')
  return {
    url,
    source: textOf(given, 'source') ?? hostname(),
    dialect: textOf(given, 'dialect'),
    token: tokenFile === undefined ? undefined : readFileSync(tokenFile, 'utf8').trim(),
  }
}

/** `weir tail-files`: ships log files. */
export const tailCommand: Command = {
  name: 'tail-files',
  does: 'Ships log files to Weir.',
  seeAlso: 'docs/sending.md describes it, and the shippers that do the same.',
  subCommands: { '': run },
}

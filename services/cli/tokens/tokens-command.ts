import { DAY, HOUR } from '../../platform/clock.ts'
import { addTokens, idOfToken, type NewToken, readTokensFile, removeTokens, type TokenEntry, tokenId } from '../../platform/tokens-file.ts'
import {
  ArgumentError,
  type Command,
  type CommandContext,
  choiceOf,
  type Given,
  type SubCommand,
  textOf,
  textsOf,
  timeOf,
} from '../command.ts'
import { FORMAT_OPTION, renderRows } from '../print.ts'

const FILE_OPTION = { file: { value: 'FILE', does: 'the tokens file; WEIR_TOKENS_FILE unless told' } } as const
const ROLES = ['tenant', 'sender', 'finance', 'operator'] as const

const add: SubCommand = {
  does: 'makes a token and prints it, this one time: the file keeps only its hash',
  options: {
    ...FILE_OPTION,
    role: { value: ROLES.join('|'), does: 'what it may: read its tenants, send lines, read the money of all, read everything' },
    name: { value: 'NAME', does: 'whose token it is' },
    tenant: { value: 'NAME', multiple: true, does: 'a tenant that it may read or write for; repeat it for several' },
    source: { value: 'NAME', does: 'sender: the source of all its lines' },
    pool: { value: 'NAME', multiple: true, does: 'sender: a pool that it may send metrics of; repeat it for several' },
    expires: { value: 'TIME', does: 'when it ends: 90d, 12h, 2027-01-31 or a time; never unless told' },
  },
  async run(given, context) {
    const file = fileOf(given, context)
    const made = newToken(given, context.now())
    const [token = ''] = await addTokens(file, [made], context)
    context.print(token)
    context.note(`added to ${file} as ${idOfToken(token)}; services that read the file know it within a second`)
    context.note('it is not shown again. Use it as: curl -H "Authorization: Bearer <token>" …')
    return 0
  },
}

const list: SubCommand = {
  does: 'shows the tokens of the file, by the start of their hashes',
  options: { ...FILE_OPTION, ...FORMAT_OPTION },
  async run(given, context) {
    const format = choiceOf(given, 'format', ['text', 'json'])
    const file = fileOf(given, context)
    const entries = await readTokensFile(file)
    if (entries.length === 0) context.note(`${file} has no tokens: weir tokens add --role operator --name NAME`)
    context.print(
      renderRows(
        entries.map(entry => rowOf(entry, context.now())),
        format,
      ),
    )
    return 0
  },
}

const revoke: SubCommand = {
  takes: 'ID…',
  positionals: [1, 100],
  does: 'takes tokens out of the file, by their ids as list shows them',
  options: FILE_OPTION,
  async run(given, context) {
    const file = fileOf(given, context)
    const removed = await removeTokens(file, given.positionals)
    for (const entry of removed) context.print(`${tokenId(entry)} of ${entry.name} (${entry.role}) is revoked`)
    const unknown = given.positionals.filter(id => !removed.some(entry => tokenId(entry) === id))
    if (unknown.length > 0) context.note(`not in ${file}: ${unknown.join(', ')}; weir tokens list shows the ids`)
    return unknown.length > 0 ? 1 : 0
  },
}

function newToken(given: Given, nowMs: number): NewToken {
  const role = choiceOf(given, 'role', ROLES)
  if (textOf(given, 'role') === undefined) throw new ArgumentError(`--role is missing: one of ${ROLES.join(', ')}`)
  const name = textOf(given, 'name')
  if (name === undefined) throw new ArgumentError('--name is missing: whose token it is')
  const [tenants, pools, source] = [textsOf(given, 'tenant'), textsOf(given, 'pool'), textOf(given, 'source')]
  if (role === 'tenant' && tenants.length === 0) throw new ArgumentError('a token of role tenant needs --tenant NAME')
  if (['finance', 'operator'].includes(role) && tenants.length > 0)
    throw new ArgumentError(`a token of role ${role} reads all tenants: leave --tenant out, or make one of role tenant`)
  if (role !== 'sender' && (pools.length > 0 || source !== undefined)) throw new ArgumentError('--source and --pool are for senders')
  const expiresMs = expiryOf(given, nowMs)
  if (expiresMs !== undefined && expiresMs <= nowMs) throw new ArgumentError(`--expires ${textOf(given, 'expires')} has passed already`)
  return {
    ...{ name, role },
    ...(source !== undefined && { source }),
    ...(tenants.length > 0 && { tenants: [...tenants] }),
    ...(pools.length > 0 && { pools: [...pools] }),
    ...(expiresMs !== undefined && { expires_at: new Date(expiresMs).toISOString() }),
  }
}

/** `90d` and `12h` from now, or a time. */
function expiryOf(given: Given, nowMs: number): number | undefined {
  const span = /^(\d{1,5})([dh])$/.exec(textOf(given, 'expires') ?? '')
  if (span === null) return timeOf(given, 'expires')
  return nowMs + Number(span[1]) * (span[2] === 'd' ? DAY : HOUR)
}

function fileOf(given: Given, { settings }: CommandContext): string {
  const file = textOf(given, 'file') ?? settings.files.tokens
  if (file === undefined) throw new ArgumentError('there is no tokens file: set WEIR_TOKENS_FILE for all services, or name it with --file')
  return file
}

function rowOf(entry: TokenEntry, nowMs: number) {
  const { name, role, source = '', tenants = [], pools = [], created_at = '', expires_at = '' } = entry
  const state = expires_at !== '' && Date.parse(expires_at) <= nowMs ? 'expired' : 'valid'
  return { id: tokenId(entry), name, role, state, tenants: tenants.join(' '), pools: pools.join(' '), source, created_at, expires_at }
}

/** `weir tokens`: who may send and read. */
export const tokensCommand: Command = {
  name: 'tokens',
  does: 'Bearer tokens of senders and readers: made, listed, revoked. The file is WEIR_TOKENS_FILE; it is read again when it changes.',
  seeAlso: 'docs/api.md says what each role may. Without a tokens file everyone on this machine is an operator.',
  subCommands: { add, list, revoke },
}

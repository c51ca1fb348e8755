import { readFile } from 'node:fs/promises'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { parse } from 'yaml'
import { AppError, messageOf } from '../../../services/platform/errors.ts'
import { nameOf } from '../upstream.ts'
import { buildUpstreamNames, isNetwork, type NameUpstream, type UpstreamName } from '../upstream-names.ts'
import { readTargetNames } from './target-names.ts'

const Name = Type.String({ minLength: 1, maxLength: 256 })
const Entry = Type.Object(
  {
    pool: Type.Optional(Name),
    provider: Type.Optional(Name),
    match: Type.Union([Name, Type.Array(Name, { minItems: 1, maxItems: 1000 })]),
  },
  { additionalProperties: false },
)
/** The file: a list of upstreams, each a pool or a provider with what matches it; docs/upstreams.md describes it. */
const UpstreamsFile = Type.Array(Entry, { maxItems: 10_000 })
type UpstreamsFile = Static<typeof UpstreamsFile>
const contract = Compile(UpstreamsFile)

/**
 * Reads the operator's file of upstreams; `targets` is the file of metrics targets, whose pools count where the first does not name an
 * upstream. Either may be undefined. Throws UPSTREAMS_FILE_INVALID that names the file, the entry and what was expected.
 */
export async function readUpstreams(file: string | undefined, targets?: string): Promise<NameUpstream> {
  const own = file === undefined ? [] : await readEntries(file)
  return buildUpstreamNames([...own, ...(targets === undefined ? [] : await readTargetNames(targets))])
}

async function readEntries(file: string): Promise<UpstreamName[]> {
  const text = await readFile(file, 'utf8').catch(error => {
    throw new AppError('UPSTREAMS_FILE_INVALID', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  return parseUpstreams(text, file)
}

/** The entries of the file's text. Throws UPSTREAMS_FILE_INVALID. */
export function parseUpstreams(text: string, file: string): UpstreamName[] {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new AppError('UPSTREAMS_FILE_INVALID', `${file}: ${messageOf(error).split('\n')[0]}`, { cause: error })
  }
  if (!contract.Check(value)) {
    const [fault] = contract.Errors(value)
    throw new AppError(
      'UPSTREAMS_FILE_INVALID',
      `${file}: ${placeOf(fault?.instancePath ?? '')} ${fault?.message ?? 'is wrong'}; ` +
        'expected a list of {pool: NAME or provider: NAME, match: [PATTERN, …]}',
    )
  }
  return (value as UpstreamsFile).map((entry, index) => entryOf(entry, `${file}: entry ${index + 1}`))
}

function entryOf({ pool, provider, match }: UpstreamsFile[number], place: string): UpstreamName {
  if ((pool === undefined) === (provider === undefined)) {
    throw new AppError('UPSTREAMS_FILE_INVALID', `${place} needs either pool or provider, the name that figures show`)
  }
  const patterns = typeof match === 'string' ? [match] : match
  const broken = patterns.find(pattern => /^[\d.:a-f]+\/\d+$/i.test(pattern) && !isNetwork(pattern))
  if (broken !== undefined) throw new AppError('UPSTREAMS_FILE_INVALID', `${place}: ${broken} is no network, such as 10.0.3.0/24`)
  return pool === undefined
    ? { kind: 'provider', name: nameOf(provider as string), match: patterns }
    : { kind: 'pool', name: pool, match: patterns }
}

/** `/3/match` as people count. */
function placeOf(path: string): string {
  const [, index, ...rest] = path.split('/')
  return index === undefined || index === '' ? 'the file' : `entry ${Number(index) + 1}${rest.length === 0 ? '' : ` ${rest.join('.')}`}`
}

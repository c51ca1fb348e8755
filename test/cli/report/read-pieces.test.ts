import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { after, before, suite, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { statInputs } from '../../../services/cli/report/input-files.ts'
import { type FilePiece, readPieces } from '../../../services/cli/report/read-pieces.ts'
import { type ZipMember, zipFile } from './zip-file.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-pieces-'))
})
after(() => rm(folder, { recursive: true }))

const none = new PassThrough().end()

async function piecesOf(name: string, content: Buffer | string): Promise<FilePiece[]> {
  const path = join(folder, name)
  await writeFile(path, content)
  const [file] = await statInputs([path], Date.now())
  assert.ok(file)
  const pieces: FilePiece[] = []
  for await (const piece of readPieces(file, none)) pieces.push(piece)
  return pieces
}

const textsOf = (pieces: readonly FilePiece[]) =>
  pieces.map(({ bytes, name }) => [name.replace(`${folder}/`, ''), Buffer.from(bytes).toString()])

function tarOf(members: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const archive = pack()
  archive.entry({ name: 'logs/', type: 'directory' })
  archive.entry({ name: 'logs/current', type: 'symlink', linkname: 'access.log' })
  for (const [name, content] of Object.entries(members)) archive.entry({ name, mtime: new Date(1_700_000_000_000) }, Buffer.from(content))
  archive.finalize()
  return Readable.from(archive).reduce((bytes: Buffer, chunk: Buffer) => Buffer.concat([bytes, chunk]), Buffer.alloc(0))
}

suite('compressions and archives', () => {
  const [one, two] = ['{"a":1}\n{"a":2}\n', '{"b":1}\n']

  test('frames one after another are one text', async () => {
    for (const [name, compress] of [
      ['a.gz', gzipSync],
      ['a.zst', zstdCompressSync],
    ] as const)
      assert.deepEqual(textsOf(await piecesOf(name, Buffer.concat([compress(one), compress(two)]))), [[name, one + two]])
  })

  test('members of a tar, plain or compressed, in it and around it, are texts of their own; links and folders are none', async () => {
    const archive = await tarOf({
      'logs/access.log': one,
      'logs/access.log.1.gz': gzipSync(two),
      'logs/._access.log': 'x',
      'logs/empty': '',
    })
    for (const [name, bytes] of [
      ['a.tar', archive],
      ['a.tar.gz', gzipSync(archive)],
      ['a.tar.zst', zstdCompressSync(archive)],
    ] as const) {
      const pieces = await piecesOf(name, bytes)
      assert.deepEqual(textsOf(pieces), [
        [`${name}: logs/access.log`, one],
        [`${name}: logs/access.log.1.gz`, two],
      ])
      assert.deepEqual(
        pieces.map(piece => [piece.firstLineNo, piece.modifiedMs]),
        [1, 1].map(lineNo => [lineNo, 1_700_000_000_000]),
      )
    }
  })

  test('members of a zip are texts of their own', async () => {
    const archive = zipFile([
      { name: 'logs/', content: Buffer.alloc(0) },
      { name: 'logs/access.log', content: Buffer.from(one) },
      { name: '__MACOSX/logs/._access.log', content: Buffer.from('x') },
      { name: 'inner.tar.gz', content: gzipSync(await tarOf({ 'b.log': two })) },
    ])
    assert.deepEqual(textsOf(await piecesOf('a.zip', archive)), [
      ['a.zip: logs/access.log', one],
      ['a.zip: inner.tar.gz/b.log', two],
    ])
  })

  const refused: [string, () => Promise<Buffer> | Buffer, RegExp][] = [
    ['bzip2', () => Buffer.from('BZh91AY&SY'), /bzip2, which is not read: decompress it with bunzip2/],
    ['xz', () => Buffer.from('fd377a585a000004', 'hex'), /it is xz/],
    ['7z', () => Buffer.from('377abcaf271c0004', 'hex'), /it is 7z/],
    ['Parquet', () => Buffer.from('PAR1\x15\x04'), /it is Parquet.*export it as JSON lines/],
    [
      'a zip in a tar',
      async () => await tarOf({ 'x.zip': zipFile([]) }),
      /member x\.zip is a zip archive, which is read from a file of its own only/,
    ],
    [
      'an encrypted zip',
      () => zipFile([{ name: 'x', content: Buffer.from('abc'), flags: 1, method: 8 } satisfies ZipMember]),
      /member x is encrypted/,
    ],
    ['a zip of another method', () => zipFile([{ name: 'x', content: Buffer.from('abc'), method: 12 }]), /packed with method 12/],
    [
      'a zip that is cut off',
      () => zipFile([{ name: 'x', content: Buffer.from('abc') }]).subarray(0, 60),
      /REPORT|end of central directory/i,
    ],
    ['a tar that is cut off', async () => (await tarOf({ x: 'y'.repeat(5_000) })).subarray(0, 3_000), /unexpected end/i],
    ['gzip with rubbish behind it', () => Buffer.concat([gzipSync(one), Buffer.from('rubbish')]), /header/],
    [
      'gzip in gzip in gzip in gzip in gzip',
      () => [1, 2, 3, 4, 5].reduce(bytes => gzipSync(bytes), Buffer.from(one)),
      /more than 4 .* inside each other/,
    ],
  ]
  for (const [name, bytes, message] of refused) {
    test(`${name} is refused in one sentence`, async () => {
      await assert.rejects(piecesOf(name.replaceAll(' ', '-'), await bytes()), { code: 'REPORT_FILE_UNREADABLE', message })
    })
  }

  test('an archive of very many members is not read to its end', async () => {
    const members = Array.from({ length: 10_001 }, (_, index) => ({ name: `${index}`, content: Buffer.from('x') }))
    await assert.rejects(piecesOf('many.zip', zipFile(members)), /more than 10000 members/)
  })

  test('a bomb is not read to its end', async () => {
    // 384 MiB of zeros in less than a kilobyte.
    const bomb = gzipSync(gzipSync(Buffer.alloc(64 * 1024 * 1024)))
    const twice = Buffer.concat(Array.from<Buffer>({ length: 6 }).fill(bomb))
    await assert.rejects(piecesOf('bomb.gz', twice), /REPORT_FILE_UNREADABLE|one line of more than|more than \d+ bytes/)
  })
})

suite('pieces of a text', () => {
  test('line numbers go on over pieces, and a header is put before each', async () => {
    const header = 'request_id,call_type,spend,startTime,model'
    const rows = Array.from({ length: 30_000 }, (_, index) => `r${index},acompletion,0.5,"2026-11-20\n10:00:00",${'m'.repeat(30)}`)
    const pieces = await piecesOf('a.csv', `${[header, ...rows].join('\n')}\n`)
    assert.ok(pieces.length > 1)
    let before = 0
    for (const { bytes, firstLineNo, contentType } of pieces) {
      const text = Buffer.from(bytes).toString()
      assert.equal(contentType, 'text/csv')
      assert.ok(text.startsWith(`${header}\n`) && (text.match(/"/g)?.length ?? 0) % 2 === 0)
      const [first = ''] = text.slice(header.length + 1).split('\n')
      // Two lines a row; the row at index n begins on line 2n + 2 of the file, and stands on line 2 of its piece.
      assert.equal(firstLineNo + 1, 2 * Number(first.split(',')[0]?.slice(1)) + 2)
      before += text.split('\n').length - 2
    }
    assert.equal(before, 60_000)
  })

  test('a large text that begins with a bracket is read line by line', async () => {
    const line = '[2025-08-28 13:25:37.469][116][info][main] starting'
    const pieces = await piecesOf('envoy.log', `${line}\n`.repeat(60_000))
    assert.ok(pieces.length > 1)
    assert.deepEqual(
      pieces.map(({ firstLineNo }, index) => firstLineNo > 1 === index > 0),
      pieces.map(() => true),
    )
  })

  test('a printed array is read whole', async () => {
    const array = JSON.stringify(
      Array.from({ length: 30_000 }, (_, index) => ({ index, pad: 'x'.repeat(40) })),
      null,
      1,
    )
    assert.deepEqual(
      (await piecesOf('a.json', array)).map(piece => piece.bytes.length),
      [array.length],
    )
  })
})

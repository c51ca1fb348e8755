import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { type Compression, compressionOf, inflateFrames } from '../../services/platform/inflate-frames.ts'

const compressors = { gzip: gzipSync, zstd: zstdCompressSync } as const
const compressions = ['gzip', 'zstd'] as const

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function inflated(bytes: Buffer, compression: Compression, size: number): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of inflateFrames(chunksOf(bytes, size), compression)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

suite('frames one after another', () => {
  for (const compression of compressions) {
    const compress = (text: string) => compressors[compression](Buffer.from(text))

    test(`all ${compression} frames are read, wherever chunks are cut`, async () => {
      const texts = fc.array(
        fc.tuple(fc.string(), fc.nat(3_000)).map(([text, times]) => text.repeat(times)),
        { minLength: 1, maxLength: 5 },
      )
      await fc.assert(
        fc.asyncProperty(texts, fc.integer({ min: 1, max: 400 }), fc.nat(4), async (parts, size, nth) => {
          const frames = parts.map(compress)
          const exact = frames[nth % frames.length]?.length ?? size
          for (const chunk of [size, exact]) assert.equal(await inflated(Buffer.concat(frames), compression, chunk), parts.join(''))
        }),
        { numRuns: 60 },
      )
    })

    test(`what is no ${compression} frame is refused after one, and so is a frame that is cut off`, async () => {
      const [one, two] = [compress('one'), compress('two')]
      for (const size of [1, 7, one.length, 1_000]) {
        await assert.rejects(inflated(Buffer.concat([one, Buffer.from('rubbish after the frame')]), compression, size))
        await assert.rejects(inflated(Buffer.concat([one, two.subarray(0, -1)]), compression, size))
        await assert.rejects(inflated(one.subarray(0, -1), compression, size))
      }
    })

    test(`a reader of ${compression} that stops early ends the source`, async () => {
      let isEnded = false
      async function* endless(): AsyncGenerator<Buffer> {
        try {
          for (;;) yield compress('x'.repeat(100_000))
        } finally {
          isEnded = true
        }
      }
      for await (const chunk of inflateFrames(endless(), compression)) if (chunk.length > 0) break
      assert.ok(isEnded)
    })
  }

  test('padding after gzip and skippable zstd frames are passed over', async () => {
    const skippable = Buffer.from([0x5c, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9])
    for (const size of [1, 5, 1_000]) {
      assert.equal(await inflated(Buffer.concat([gzipSync('a'), Buffer.alloc(600)]), 'gzip', size), 'a')
      assert.equal(await inflated(Buffer.concat([skippable, zstdCompressSync('a'), skippable, zstdCompressSync('b')]), 'zstd', size), 'ab')
    }
    assert.deepEqual([compressionOf(skippable), compressionOf(gzipSync('')), compressionOf(zstdCompressSync(''))], ['zstd', 'gzip', 'zstd'])
    assert.deepEqual([compressionOf(Buffer.from('{"a"')), compressionOf(Buffer.from([0x1f, 0x8b]))], [undefined, undefined])
  })
})

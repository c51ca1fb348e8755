import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs, { type Kafka, type logLevel } from 'kafkajs'
import { AppError, messageOf } from '../errors.ts'
import type { Logger } from '../log.ts'

const { CompressionCodecs, CompressionTypes, Kafka: KafkaClient, logLevel: levels } = kafkajs

/** Largest size that one compressed Kafka batch may inflate to, in bytes: brokers take about 1 MB compressed by default. */
const MAX_INFLATED_BYTES = 256 * 1024 * 1024
/** Time for a broker to accept a connection and to answer a request, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 3_000
const REQUEST_TIMEOUT_MS = 15_000

/** The answers with which a coordinator says that the sender is no longer the member that it was. */
const NOT_OWNER_TYPES: readonly unknown[] = ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'FENCED_INSTANCE_ID']

/** A Kafka client with the codecs registered; `logger` gets the library's own messages, none appear without it. */
export function buildKafkaClient(config: { brokers: readonly string[]; clientId: string }, logger?: Logger): Kafka {
  registerCodecs()
  return new KafkaClient({
    brokers: [...config.brokers],
    clientId: config.clientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    logLevel: levels.INFO,
    logCreator:
      () =>
      ({ namespace, level, log }) => {
        const { message, timestamp: _, logger: __, ...details } = log
        writeLog(logger, level, { ...details, kafka: namespace }, message)
      },
  })
}

/**
 * The library calls an error what it will try again, several times a second while a broker is down; whether it is one for us is decided
 * where the operation ends. Only a consumer's crash, after which it may start anew by itself, is worth a warning.
 */
function writeLog(logger: Logger | undefined, level: logLevel, details: object & { kafka: string }, message: string): void {
  if (level === levels.ERROR && details.kafka === 'Consumer') logger?.warn(details, message)
  else logger?.debug(details, message)
}

function registerCodecs(): void {
  const options = { maxOutputLength: MAX_INFLATED_BYTES }
  const zstd = {
    compress: (encoder: { buffer: Buffer }) =>
      promisify(zstdCompress)(encoder.buffer, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
    decompress: (bytes: Buffer) => promisify(zstdDecompress)(bytes, options),
  }
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstd
  CompressionCodecs[CompressionTypes.Snappy] = () => unreadableCodec('snappy')
  CompressionCodecs[CompressionTypes.LZ4] = () => unreadableCodec('lz4')
}

function unreadableCodec(name: string): never {
  const error = new AppError(
    'EVENT_LOG_CODEC_UNSUPPORTED',
    `A producer writes ${name}, which Weir does not read. Use zstd or gzip there, or set compression.type=zstd on the topic so that ` +
      `the broker rewrites it.`,
  )
  // The library's word for it: without this it would fetch the same batch again and again.
  throw Object.assign(error, { retriable: false })
}

/**
 * The AppError of what the library threw: EVENT_LOG_NOT_OWNER, EVENT_LOG_RECORD_TOO_LARGE, an AppError inside it, or EVENT_LOG_UNAVAILABLE.
 */
export function kafkaError(thrown: unknown): AppError {
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof AppError) return error
    const type = 'type' in error ? error.type : undefined
    if (NOT_OWNER_TYPES.includes(type)) {
      return new AppError('EVENT_LOG_NOT_OWNER', `Kafka gave the partition to another member: ${messageOf(error)}`, { cause: thrown })
    }
    if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
      return new AppError(
        'EVENT_LOG_RECORD_TOO_LARGE',
        `Kafka refused a record: ${messageOf(error)} Raise max.message.bytes of the topic.`,
        { cause: thrown },
      )
    }
  }
  return new AppError('EVENT_LOG_UNAVAILABLE', `Kafka did not answer as it should: ${messageOf(thrown)}`, { cause: thrown })
}

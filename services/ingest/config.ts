import { DAY, MINUTE } from '../platform/clock.ts'
import type { Settings } from '../platform/env.ts'

/** What ingest is told. */
export interface IngestConfig {
  /** Largest body as sent; largest after decompression; longest line (bytes). */
  maxBodyBytes: number
  maxInflatedBytes: number
  maxLineBytes: number
  /** Body bytes held at once. */
  maxBytesInFlight: number
  appendTimeoutMs: number
  /** Body bytes per second and sender; 0: no limit. */
  maxBytesPerSecond: number
  maxExpositionBytes: number
  scrapeIntervalMs: number
  scrapeTimeoutMs: number
}

/** Lines that a body may hold. Bodies of tiny lines would otherwise occupy the process for many seconds. */
export const MAX_LINES = 250_000
/** How deep a line may be nested. Real payloads stay below 20; readers further on may recurse. */
export const MAX_DEPTH = 64
/** Lines are gathered into messages of at most this size: well below the 1 MB that Kafka accepts by default, headers included. */
export const MAX_MESSAGE_BYTES = 512 * 1024
/** And of so many lines: a worker decodes a message at one go, and 512 KB may hold 170,000 of three bytes. */
export const MAX_MESSAGE_LINES = 2_000
/**
 * Largest OTLP body after decompression: a request is read whole, not line by line. The same as the OpenTelemetry collector’s own limit.
 */
export const MAX_OTLP_BYTES = 20 * 1024 * 1024
/** Largest remote write body after decompression: the limit that Prometheus’ own receiver has. */
export const MAX_WRITE_BYTES = 32 * 1024 * 1024
/** Rejected lines that an answer lists; all of them are counted. */
export const MAX_LISTED_REJECTIONS = 1_000
/** How far from now the time of a pushed exposition may lie: the same bounds as for lines. */
export const OLDEST_READING_MS = 35 * DAY
export const NEWEST_READING_MS = 5 * MINUTE

/** Picks what ingest needs from the settings. */
export function readIngestConfig(settings: Pick<Settings, 'ingest'>): IngestConfig {
  const { host: _host, port: _port, ...config } = settings.ingest
  return config
}

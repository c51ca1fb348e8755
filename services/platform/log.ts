import { type DestinationStream, type Logger, pino } from 'pino'

/**
 * The logger that is handed to everything that logs. What a level means:
 * trace, debug – for whoever changes the code. info – a milestone of the process: started, stopped, a file was read again.
 * warn – unexpected, but no data was lost and nobody needs to act at once. error – data was lost or an operator must act.
 * fatal – the process ends because of it.
 */
export type { Logger } from 'pino'

/** Builds the root logger of a service: JSON lines with `time` in ISO 8601 and the level by name, to standard output or `destination`. */
export function buildLogger(config: { service: string; level: string }, destination?: DestinationStream): Logger {
  const options = {
    level: config.level,
    base: { service: config.service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    // A token must not reach the log, even when somebody logs a whole request.
    redact: ['req.headers.authorization', 'headers.authorization', 'authorization', 'password', 'token'],
  }
  // Given explicitly: pino's own default flushes at exit, which never ends when the reader of standard output has gone.
  return pino(options, destination ?? pino.destination({ fd: 1, sync: true }))
}

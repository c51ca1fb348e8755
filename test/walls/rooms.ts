/**
 * The walls of the tree, as data: what the files of a folder may import, and why no more. A path stands for the file or for all below it.
 * Of two folders that both hold a file the longer one counts; what a file's own room holds it may always import.
 * Test files may import anything.
 */
export interface Room {
  room: string
  may: readonly string[]
  because: string
}

/** One import that a wall lets through. */
export interface Door {
  from: string
  to: string
  because: string
}

/** Rooms without a process. */
const libraries = ['services/platform', 'services/money', 'services/answers']
/** Rooms that are one process each. */
const processes = ['ingest', 'worker', 'settle', 'charge', 'alert', 'api', 'console', 'migrate'].map(name => `services/${name}`)

/** Every folder that holds code. One that is missing here fails the check, and so does one that names no folder unless it `isPlanned`. */
export const rooms: readonly Room[] = [
  { room: 'services/platform', may: [], because: 'it is what every service stands on: it knows no line, no table and no price' },
  {
    room: 'schemas',
    may: ['services/platform/errors.ts', 'services/platform/clickhouse/read-query.ts'],
    because:
      'it is what the services meet in, so it may lean on none of them; a reader of lines says its faults in the one catalogue of ' +
      'errors, and rules in SQL stand in files',
  },
  {
    room: 'services/money',
    may: ['schemas', 'services/platform'],
    because: 'processes share it, so it may need none of them',
  },
  {
    room: 'services/answers',
    may: ['schemas', 'services/platform', 'services/money'],
    because: 'processes share it, so it may need none of them',
  },
  ...processes.map(room => ({
    room,
    may: ['schemas', ...libraries],
    because: 'processes meet in topics and tables alone, so that each can be stopped, scaled and changed by itself',
  })),
  {
    room: 'services/worker/decode',
    may: [
      'schemas',
      ...['errors.ts', 'clock.ts', 'event-log/port.ts', 'event-log/record-size.ts'].map(file => `services/platform/${file}`),
    ],
    because: 'decoding has no effects: ClickHouse, the event log and the settings are met outside of it',
  },
  {
    room: 'services/api/http',
    may: ['schemas', 'services/platform'],
    because: 'it knows how a question is asked and answered over HTTP, not what about',
  },
  ...['reports', 'answers', 'requests', 'audit', 'alerts', 'statements', 'console', 'session', 'stream', 'tokens'].map(name => ({
    room: `services/api/${name}`,
    may: ['schemas', ...libraries, 'services/api/http'],
    because: 'figures, answers and bills have rules of their own; app.ts alone puts them together',
  })),
  {
    room: 'services/demo/simulation',
    may: ['schemas/attempt.ts', 'services/platform/clock.ts'],
    because: 'tests take the model as truth, so it shares no arithmetic with what it is the truth about',
  },
  { room: 'services/cli', may: ['schemas', 'services'], because: 'a command may run what a process does; no process may run a command' },
  { room: 'services/standalone', may: ['schemas', 'services'], because: 'it runs every process in one' },
  { room: 'services/demo', may: ['schemas', 'services'], because: 'it feeds what the standalone runs' },
  {
    room: 'services/api/panels',
    may: ['schemas', ...libraries, 'services/api/http', 'dashboards'],
    because: 'it answers what panels declare',
  },
  { room: 'dashboards', may: ['schemas', ...libraries], because: 'panels show tables and know no process' },
  { room: 'docs', may: ['schemas', 'services', 'dashboards', 'test/walls'], because: 'a page may print what any room declares' },
  { room: 'bin', may: ['docs', 'schemas', 'services', 'dashboards'], because: 'it starts what the rooms hold' },
  { room: 'test', may: [''], because: 'a test may look at everything' },
]

/** Single imports that a wall lets through, with the reason. One that is no longer used fails the check. */
export const doors: readonly Door[] = [
  {
    from: 'schemas/dialects/custom/tenants-file.ts',
    to: 'services/platform/checked-yaml.ts',
    because: 'files of operators are read in one way, which tells all faults with their lines',
  },
  {
    from: 'services/platform/clickhouse/migrations.ts',
    to: 'schemas/clickhouse/',
    because: 'the files are read as text, wherever they are applied, and platform knows nothing of what they say',
  },
  {
    from: 'services/api/console/assets.ts',
    to: 'services/console/',
    because: 'browser code is served as text, and nothing of it runs in the API',
  },
]

/** Rooms that the contract names and that hold no file yet. */
export const plannedRooms: readonly string[] = []

/** A package that only files whose path begins so may import, so that its kind of effect, or its replacement, stays in one place. */
export interface PackageWall {
  packages: readonly string[]
  only: readonly string[]
  because: string
}

/** Test files are held to these as well, but where a wall names them. */
export const packageWalls: readonly PackageWall[] = [
  {
    packages: ['kafkajs'],
    only: ['services/platform/event-log/kafka*', 'test/platform/event-log/kafka*'],
    because: 'everyone else takes the event log by its port, which has a second adapter',
  },
  {
    packages: ['@clickhouse/client'],
    only: ['services/platform/clickhouse/', 'test/'],
    because: 'retries, limits and deadlines of a query are set in one place',
  },
  {
    packages: ['ffi-rs', 'chdb'],
    only: ['services/platform/clickhouse/'],
    because: 'native code is loaded by the embedded ClickHouse alone',
  },
  {
    packages: ['nodemailer'],
    only: ['services/alert/receivers/'],
    because: 'mail is one of the ways in which people are told of alerts, and none in which Weir speaks otherwise',
  },
  {
    packages: ['node:sqlite'],
    only: ['services/platform/event-log/', 'test/'],
    because: 'what must be durable goes through the event log',
  },
  {
    packages: ['prom-client', 'pino'],
    only: ['services/platform/', 'test/'],
    because: 'every metric and every level of the log is declared in platform',
  },
  {
    packages: ['fastify', '@fastify/swagger'],
    only: ['services/ingest/', 'services/api/', 'services/platform/problems.ts', 'test/'],
    because: 'only the two services with an HTTP interface serve requests',
  },
  {
    packages: ['@grafana/grafana-foundation-sdk'],
    only: ['dashboards/grafana/'],
    because: 'it is there when files are written, not where Weir runs',
  },
  { packages: ['commander'], only: ['services/cli/'], because: 'one way to read options and to print help' },
]

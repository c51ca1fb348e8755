import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readOwnDialects } from '../../schemas/dialects/custom/own-dialects.ts'
import { openClickHouse } from '../platform/clickhouse/client.ts'
import { openEmbeddedClickHouse } from '../platform/clickhouse/embedded.ts'
import { applyMigrations, readMigrations } from '../platform/clickhouse/migrations.ts'
import { systemNow } from '../platform/clock.ts'
import { searchPath } from '../platform/env.ts'
import { messageOf } from '../platform/errors.ts'
import { explainFiles } from './report/explain-files.ts'
import { statInputs } from './report/input-files.ts'
import { makeReport, type ReportConfig } from './report/make-report.ts'
import { openProgressLine } from './report/progress-line.ts'
import { renderHtml } from './report/render-html.ts'
import { renderText } from './report/render-text.ts'
import type { ReportTables } from './report/tables.ts'

const USAGE = `Usage: npm run report -- [options] FILE…

Reads access logs and metric scrapes, of any dialect Weir knows, plain, .gz or .zst (- is standard input), and prints tenants, tokens, cost,
latency, resilience and saturation. Nothing keeps running afterwards and nothing is kept.

  --format text|json|html   default text; json is described in docs/report.md
  --prices FILE             price file (docs/prices.md) instead of the list that comes with Weir
  --dialect FILE            a log format of your own (docs/custom-dialects.md); may be given several times
  --explain                 instead of the report, say line by line which dialect was chosen and why, and where each field came from
  --pool NAME               pool that metric scrapes among the files belong to (default: default)
  --help                    this text
`

const formats: Readonly<Record<string, (report: ReportTables) => string>> = {
  text: renderText,
  html: renderHtml,
  // The object is a contract with these keys and no others; the period is for people.
  json: ({ period: _period, ...report }) => `${JSON.stringify(report, null, 1)}\n`,
}

// Whoever reads may have seen enough: `report … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`report: ${messageOf(error)}\n`)
  process.exitCode = 1
}

async function main(): Promise<number> {
  const parsed = readArguments()
  if (typeof parsed === 'string') {
    process.stderr.write(`report: ${parsed}\n\n${USAGE}`)
    return 2
  }
  const { values, positionals } = parsed
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const render = formats[values.format]
  if (render === undefined || positionals.length === 0) {
    const fault = render === undefined ? `--format ${values.format} is not one of ${Object.keys(formats).join(', ')}` : 'no file is named'
    process.stderr.write(`report: ${fault}\n\n${USAGE}`)
    return 2
  }
  const ownDialects = await readOwnDialects(values.dialect)
  if (values.explain) {
    const files = await statInputs(positionals, systemNow())
    for await (const text of explainFiles(files, ownDialects, process.stdin)) process.stdout.write(`${text}\n`)
    return 0
  }
  const report = await reportOn(positionals, { pool: values.pool, pricesFile: values.prices, ownDialects })
  process.stdout.write(render(report))
  return 0
}

/** The arguments, or what is wrong with them. */
function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        prices: { type: 'string' },
        dialect: { type: 'string', multiple: true, default: [] },
        explain: { type: 'boolean', default: false },
        pool: { type: 'string', default: 'default' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    return messageOf(error)
  }
}

async function reportOn(names: readonly string[], config: ReportConfig): Promise<ReportTables> {
  const files = await statInputs(names, systemNow())
  const directory = mkdtempSync(join(tmpdir(), 'weir-report-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(directory, { recursive: true, force: true }))
  const progress = cleanup.use(openProgressLine(process.stderr))
  progress.say('starting ClickHouse')
  const server = cleanup.use(
    await openEmbeddedClickHouse(
      { directory, searchPath: searchPath() },
      { logger: { warn: (_fields, message) => progress.say(message) } },
    ),
  )
  const clickhouse = cleanup.use(openClickHouse({ url: server.url, database: 'weir' }))
  await applyMigrations({ migrations: readMigrations(), isReplicated: false }, { clickhouse })
  return await makeReport(files, config, { clickhouse, standardInput: process.stdin, now: systemNow, progress })
}

/**
 * The pages of docs/ that are written from code: settings, metrics, errors, products, tables,
 * packages. `node bin/write-docs.mjs` writes them; a test
 * fails when they are out of date.
 */
import { expectation } from '../../services/platform/env.ts'
import { errorCatalogue } from '../../services/platform/errors.ts'
import { type MetricSpec, metricCatalogue } from '../../services/platform/metrics-catalogue.ts'
import { type Setting, settingsCatalogue } from '../../services/platform/settings.ts'
import { endSteps } from '../../services/worker/decode/steps.ts'
import { table } from './markdown.ts'
import { packageRows } from './packages-page.ts'
import { productSections } from './products-page.ts'
import { tableSections } from './tables-page.ts'

/** File names (inside docs/) and texts of all generated pages. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'settings.md': settingsPage(),
    'metrics.md': metricsPage(),
    'errors.md': errorsPage(),
    'products.md': productsPage(),
    'tables.md': tablesPage(),
    'packages.md': packagesPage(),
  }
}

const GENERATED = 'Written from the code by `node bin/write-docs.mjs`; do not edit.'

function settingsPage(): string {
  const sections = Object.entries(settingsCatalogue as Record<string, Record<string, Setting>>).map(([section, entries]) => {
    const rows = Object.values(entries).map(({ name, schema, isSecret }) => {
      const { description = '', default: fallback } = schema as { description?: string; default?: unknown }
      return [`\`${name}\``, defaultText(fallback), isSecret ? 'text, a secret' : expectation(schema), description]
    })
    return `## ${section}\n\n${table(['variable', 'default', 'expected', 'what it decides'], rows)}`
  })
  return page(
    'Settings',
    'Settings are environment variables, read once at start. An empty variable counts as unset. `weir <service> --check` validates ' +
      'them and every\nfile that they name, says all faults at once and ends with 0 or 2. A variable that begins with `WEIR_` and is no ' +
      'setting is told, with the nearest name.',
    sections,
  )
}

const HEALTH = [
  '| path | answers |',
  '|---|---|',
  '| `/healthz` | 200 `ok`; 503 `stalled` with the loops that had work and did not move; 503 `failing` while the part failed and waits ' +
    'for its restart, with the code of its fault |',
  '| `/readyz` | 200 once the process does its work (reads its topics, listens, has its tables), else 503 |',
  '',
  'In `npm start` every page lists all `parts` with state, restarts and the code of the last fault; its status is that of its own part, ' +
    'so that a part\nthat fails takes no sender away from ingest and no reader from the API.',
].join('\n')

function metricsPage(): string {
  const rows = Object.entries(metricCatalogue as Record<string, MetricSpec>).map(([name, spec]) => {
    const labels = Object.entries(spec.labels).map(([label, values]) => (values === 'bounded' ? label : `${label} (${values.join(', ')})`))
    return [`\`${name}\``, spec.kind, labels.join('; '), spec.help]
  })
  const steps = endSteps.map(({ name, doc }) => [`\`${name}\``, doc])
  return page('Metrics', 'Each service serves its own metrics on `/metrics`, with the label `service`.', [
    '## Health',
    HEALTH,
    '## What is measured',
    table(['metric', 'kind', 'labels', 'what it says'], rows),
    '## Steps in which a line can end',
    'Values of the label `step` of `worker_line_ends_total`, in order.',
    table(['step', 'what happens in it'], steps),
  ])
}

function errorsPage(): string {
  const rows = Object.entries(errorCatalogue).map(([code, { retryable, meaning }]) => [`\`${code}\``, retryable ? 'yes' : 'no', meaning])
  return page(
    'Errors',
    'Every error carries one of these codes: in logs, problem documents and dead letters. Retryable: the same call may succeed later.',
    [table(['code', 'retryable', 'meaning'], rows)],
  )
}

function productsPage(): string {
  const parts = productSections().map(({ title, intro, head, rows }) => `## ${title}\n\n${intro}\n\n${table(head, rows)}`)
  return page('Products whose metrics are read', 'Which product a scrape is of is told by the names of its series.', parts)
}

function packagesPage(): string {
  return page(
    'Packages that Weir runs on',
    'What `npm ci --omit=dev` installs, as locked, with its licence. A test refuses any that is not permissive.\n' +
      '`npm audit --omit=dev` asks the registry for known faults of them.',
    [table(['package', 'version', 'licence'], packageRows())],
  )
}

function tablesPage(): string {
  const parts = tableSections().flatMap(({ title, intro, tables }) => [
    `## ${title}\n\n${intro}`,
    ...tables.map(({ name, holds, writer, readers, columns }) => {
      const read = readers.length === 0 ? '' : `; read by ${readers.join(', ')}`
      const rows = columns.map(column => [`\`${column.name}\``, `\`${column.type}\``, column.meaning])
      return `### ${name}\n\nA row: ${holds}. Written by ${writer}${read}.\n\n${table(['column', 'type', 'meaning'], rows)}`
    }),
  ])
  return page('Tables', 'The tables of ClickHouse, in the order in which a line passes them. People read what is settled.', parts)
}

function page(title: string, intro: string, parts: readonly string[]): string {
  return `# ${title}\n\n${intro}\n\n${GENERATED}\n\n${parts.join('\n\n')}\n`
}

function defaultText(fallback: unknown): string {
  if (fallback === undefined || fallback === '' || (Array.isArray(fallback) && fallback.length === 0)) return 'unset'
  return `\`${String(fallback)}\``
}

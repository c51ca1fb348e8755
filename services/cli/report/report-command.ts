import { readOwnDialects } from '../../../schemas/dialects/custom/own-dialects.ts'
import { readTenants } from '../../../schemas/dialects/custom/tenants-file.ts'
import { readUpstreams } from '../../../schemas/dialects/custom/upstreams-file.ts'
import { parseManifests } from '../../answers/manifests/parse-manifests.ts'
import type { Now } from '../../platform/clock.ts'
import { replayText, rulesOf } from '../alerts/replay-text.ts'
import { AUDIT_FORMATS, auditFormats } from '../audit/audit-formats.ts'
import { readManifestFiles } from '../audit/manifest-files.ts'
import { ArgumentError, type Command, choiceOf, type SubCommand, textOf } from '../command.ts'
import { explainFiles } from './explain-files.ts'
import { statInputs } from './input-files.ts'
import { makeAudit, makeReplay, makeReport, type ReportConfig } from './make-report.ts'
import { reportOn } from './on-files.ts'
import { renderHtml } from './render-html.ts'
import { renderText } from './render-text.ts'
import type { ReportTables } from './tables.ts'

const formats = {
  text: renderText,
  html: renderHtml,
  // The object is a contract with these keys and no others; the period is for people.
  json: ({ period: _period, stands_out: _lines, ...report }: ReportTables) => JSON.stringify(report, null, 1),
} as const satisfies Record<string, (report: ReportTables) => string>

const run: SubCommand = {
  takes: 'FILE…',
  positionals: [1, Number.POSITIVE_INFINITY],
  does:
    'Reads access logs and metric scrapes, of any dialect Weir knows, plain, .gz or .zst (- is standard input; a folder stands for its ' +
    'files), and prints tenants, tokens, cost, latency, resilience and saturation. Nothing keeps running afterwards and nothing is kept.',
  options: {
    format: {
      value: 'text|json|html|markdown',
      does: 'how the report is printed (default text); json is described in docs/report.md; markdown: of the audit',
    },
    prices: { value: 'FILE', does: 'price file (docs/prices.md) instead of the list that comes with Weir' },
    dialect: { value: 'FILE', multiple: true, does: 'a log format of your own (docs/custom-dialects.md); may be given several times' },
    explain: {
      does: 'instead of the report, says line by line which dialect was chosen and why, and where each field came from',
    },
    tenant: { value: 'NAME', does: 'who is charged for lines that name no tenant and that no rule of --tenants knows' },
    tenants: { value: 'FILE', does: 'who is charged for lines that name no tenant, by source, route, key (docs/tenants.md)' },
    upstreams: { value: 'FILE', does: 'names of pools and providers by their addresses, hosts and clusters (docs/upstreams.md)' },
    audit: { does: 'instead of the tables, the audit of the platform (docs/audit.md); --format markdown as well' },
    alerts: {
      value: 'FILE',
      multiple: true,
      does: 'instead of the tables, which alerts would have fired: files of rules (docs/alerting.md), or shipped for those that Weir ships',
    },
    rule: { value: 'NAME', multiple: true, does: 'with --alerts: these rules alone' },
    manifests: { value: 'FILE', does: 'with --audit: file or folder of manifests to hold against what traffic shows' },
    pool: { value: 'NAME', does: 'pool that metric scrapes among the files belong to (default: default)' },
  },
  async run(given, { print, now }) {
    const format = choiceOf(given, 'format', AUDIT_FORMATS)
    const isAudit = given.values['audit'] === true
    if (format === 'markdown' && !isAudit) throw new ArgumentError('--format markdown is for --audit')
    const ownDialects = await readOwnDialects((given.values['dialect'] ?? []) as string[])
    if (given.values['explain'] === true) {
      const files = await statInputs(given.positionals, now())
      for await (const text of explainFiles(files, ownDialects, process.stdin)) print(text)
      return 0
    }
    const upstreams = textOf(given, 'upstreams')
    const nameUpstream = upstreams === undefined ? undefined : await readUpstreams(upstreams)
    const manifests = textOf(given, 'manifests')
    const config: ReportConfig = {
      pool: textOf(given, 'pool') ?? 'default',
      pricesFile: textOf(given, 'prices'),
      ownDialects,
      nameUpstream,
      nameTenant: await readTenants(textOf(given, 'tenants'), textOf(given, 'tenant')),
      declared: manifests === undefined ? undefined : parseManifests(await readManifestFiles(manifests)),
    }
    const alerts = (given.values['alerts'] ?? []) as string[]
    if (alerts.length > 0) {
      const groups = rulesOf(alerts, (given.values['rule'] ?? []) as string[])
      const played = await reportOn(given.positionals, config, { now, make: (files, from, deps) => makeReplay(files, from, deps, groups) })
      print(format === 'json' ? JSON.stringify(played, null, 1) : replayText(played))
      return 0
    }
    print((await printed(given.positionals, { config, format, isAudit }, now)).trimEnd())
    return 0
  },
}

interface Wanted {
  config: ReportConfig
  format: (typeof AUDIT_FORMATS)[number]
  isAudit: boolean
}

/** The report, or the audit, as text of its format. */
async function printed(names: readonly string[], { config, format, isAudit }: Wanted, now: Now): Promise<string> {
  if (!isAudit) return formats[format as keyof typeof formats](await reportOn(names, config, { now, make: makeReport }))
  const audit = await reportOn(names, config, { now, make: makeAudit })
  return audit === undefined ? 'No attempt was found in the input: there is nothing to judge by.' : auditFormats[format](audit)
}

/** `weir report`: figures from files. */
export const reportCommand: Command = {
  name: 'report',
  does: 'Figures from log files, without a server.',
  seeAlso: 'docs/report.md describes the tables; docs/dialects.md the formats that are known.',
  subCommands: { '': run },
}

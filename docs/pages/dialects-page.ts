/**
 * The page docs/dialects.md, written from the dialects' tables and the corpus by `node bin/write-docs.mjs`; a test fails when it is stale.
 */
import { attemptContentColumns } from '../../schemas/attempt.ts'
import type { Dialect, FieldRule } from '../../schemas/dialects/dialect.ts'
import { type Ending, envoyFlags, gatewayStatuses, upstreamStatuses } from '../../schemas/dialects/error-classes.ts'
import { exceptionNames } from '../../schemas/dialects/exception-names.ts'
import { usageShapes } from '../../schemas/dialects/provider-usage.ts'
import { dialects } from '../../schemas/dialects/registry.ts'
import { SKIP_REASONS } from '../../schemas/dialects/skip-reasons.ts'
import { lineLists } from '../../schemas/envelopes/line-lists.ts'
import { otherTexts } from '../../schemas/envelopes/other-texts.ts'
import { shippers } from '../../schemas/envelopes/shippers.ts'
import { textPrefixes } from '../../schemas/envelopes/text-prefixes.ts'
import { type Example, readExamples } from '../../schemas/examples.ts'
import { traps } from '../../schemas/traps.ts'
import { table } from './markdown.ts'

const ISSUES = 'https://github.com/'

/** The text of docs/dialects.md. */
export function dialectsPage(): string {
  const examples = readExamples()
  const parts = [
    '# Dialects',
    'What Weir reads, from which field each fact comes, and what is tested. A line is recognised from itself; a header or ' +
      'parameter `dialect` is only a hint.',
    'Written from the code by `node bin/write-docs.mjs`; do not edit.',
    '## Coverage',
    table(
      ['dialect', 'what writes it', 'columns', 'examples'],
      dialects.map(dialect => coverageOf(dialect, examples)),
    ),
    ...envelopesSection(),
    ...identitySection(),
    '## Lines that are skipped',
    'They are no calls of a model: counted by reason, neither refused nor billed.',
    table(
      ['reason', 'meaning'],
      Object.entries(SKIP_REASONS).map(([reason, meaning]) => [`\`${reason}\``, meaning]),
    ),
    ...usageSection(),
    '## Why calls fail',
    'The error class of a call, from what its source says; the first that applies decides. A gateway’s own words (LiteLLM’s ' +
      'categories and exceptions, agentgateway’s reasons) come before the status.',
    table(['says', 'outcome', 'error class'], endings()),
    '## Traps and their examples',
    table(
      ['no', 'trap', 'examples'],
      traps.filter(trap => trap.about === 'lines').map(({ no, trap }) => [String(no), trap, examplesOf(no, examples)]),
    ),
    '## Reports that examples guard against',
    table(['report', 'example', 'what went wrong'], reportsOf(examples)),
    ...dialects.flatMap(sectionOf),
  ]
  return `${parts.join('\n\n')}\n`
}

function envelopesSection(): string[] {
  return [
    '## Envelopes',
    'What shippers put around a line is taken off first, at most three deep: OTLP log records and spans, Kubernetes container log ' +
      'lines (parts of a line are joined where they stand in one message), and those below. A `tenant_id` beside the line in its ' +
      'envelope, or `tenant.id` of an OTLP resource, counts where the line itself names no tenant.',
    table(
      ['shipper', 'what writes it', 'the line stands in'],
      shippers.map(({ name, doc, payload }) => [name, doc, code(payload)]),
    ),
    'Envelopes that hold many lines, and text that programs put before a line:',
    table(
      ['envelope', 'what writes it'],
      [...lineLists, ...textPrefixes].map(({ name, doc }) => [name, doc]),
    ),
    'Lines of other programs in the same output are skipped and counted (`other_text`); text of no known form is refused. Known are:',
    otherTexts.map(({ doc }) => `- ${doc}`).join('\n'),
  ]
}

function usageSection(): string[] {
  return [
    '## Usage of providers',
    'Read from answers under `response` of Weir’s own line. Exclusive: the input leaves cached and cache-write tokens out, and ' +
      'they are added. A further name of the input is added to it; a step into a list of counts is the kind of one.',
    table(
      ['shape', 'counts', 'input', 'output', 'cached', 'cache write', 'reasoning'],
      usageShapes.map(shape => [
        `${shape.name}: ${shape.doc}`,
        shape.convention,
        `${code(shape.input)}${shape.more_input === undefined ? '' : ` and ${code(shape.more_input)}`}`,
        code(shape.output),
        code(shape.cached_input),
        code(shape.cache_write),
        code(shape.reasoning),
      ]),
    ),
    'By kind, where the answer tells; images that are made without a word of their tokens’ kind are image tokens all the same.',
    table(
      ['shape', 'audio in', 'audio from a cache', 'audio out', 'images in', 'images out'],
      usageShapes
        .filter(shape => (shape.audio_input ?? shape.image_input) !== undefined)
        .map(shape => [
          shape.name,
          code(shape.audio_input),
          code(shape.cached_audio_input),
          code(shape.audio_output),
          code(shape.image_input),
          code(shape.image_output),
        ]),
    ),
    'Beside tokens, from answers and from LiteLLM’s records: images and seconds that no token counts, pages of OCR, search units of ' +
      'rerankers, web searches (Anthropic, OpenAI’s responses, Perplexity by its search context, Gemini by the query or the prompt), ' +
      'containers of code interpreters; Anthropic’s fast mode and place of inference, tiers of service, and the region of OpenAI’s ' +
      'regional hosts. `docs/prices.md` says what each is called and how it is priced.',
    'Zeros of a call that succeeded are usage that nobody counted, whichever gateway writes them, and so is a streamed answer without ' +
      'a token of output: `missing`, never free. A count over 10^9 is refused.',
  ]
}

function identitySection(): string[] {
  return [
    '## One call, one request',
    'A line that arrives twice counts once, and calls under one id that started at different instants are never merged: instants ' +
      'are compared in whole ms, never as text. Of two lines that say different things of the same call the first counts and the ' +
      'other is listed as a conflict. Attempts that may belong together join within 15 minutes; one that starts after an answered ' +
      'attempt has ended heads a request of its own.',
    table(
      ['dialect', 'the same call', 'what joins calls into a request'],
      dialects.map(({ name, sameCall, joins }) => [name, sameCall, joins]),
    ),
  ]
}

function endings(): string[][] {
  const rows = (says: string, names: readonly string[], { outcome, error_class }: Ending) => [
    `${says} ${code(names)}`,
    outcome,
    `\`${error_class}\``,
  ]
  const byEnding = new Map<string, { names: string[]; ending: Ending }>()
  for (const [name, ending] of exceptionNames) {
    const key = `${ending.outcome} ${ending.error_class}`
    const held = byEnding.get(key) ?? { names: [], ending }
    held.names.push(name)
    byEnding.set(key, held)
  }
  return [
    ...envoyFlags.map(([short, long, ending]) => rows('Envoy’s flag', [short, long], ending)),
    ...[...upstreamStatuses].map(([status, ending]) => rows('the upstream’s status', [String(status)], ending)),
    rows('the upstream’s status', ['other 4xx'], { outcome: 'error', error_class: 'client_error' }),
    rows('the upstream’s status', ['other 5xx'], { outcome: 'error', error_class: 'provider_error' }),
    ...[...gatewayStatuses].map(([status, ending]) => rows('the gateway’s own status', [String(status)], ending)),
    rows('the gateway’s own status', ['other 4xx'], { outcome: 'rejected', error_class: 'client_error' }),
    rows('the gateway’s own status', ['other 5xx'], { outcome: 'error', error_class: 'unknown' }),
    ...[...byEnding.values()].map(({ names, ending }) => rows('the name of an error, whatever stands before or after it', names, ending)),
  ]
}

function coverageOf(dialect: Dialect, examples: readonly Example[]): string[] {
  const columns = attemptContentColumns.filter(column => dialect.fields[column] !== undefined).length
  const count = examples.filter(example => example.dialect === dialect.name).length
  return [`[${dialect.name}](#${dialect.name})`, dialect.doc, `${columns} by table`, String(count)]
}

function sectionOf(dialect: Dialect): string[] {
  const rows = (rules: object) =>
    (Object.entries(rules) as [string, FieldRule][]).map(([name, { from, as, note = '', none }]) => [
      `\`${name}\``,
      code(from),
      as,
      [none === undefined ? '' : `not given: ${none.map(value => JSON.stringify(value)).join(', ')}`, note]
        .filter(text => text !== '')
        .join('; '),
    ])
  return [
    `## ${dialect.name}`,
    dialect.doc,
    table(['column', 'from, best first', 'as', 'note'], rows(dialect.fields)),
    ...(Object.keys(dialect.facts).length === 0
      ? []
      : ['Read for the rules of the dialect:', table(['fact', 'from, best first', 'as', 'note'], rows(dialect.facts))]),
  ]
}

function examplesOf(no: number, examples: readonly Example[]): string {
  const named = examples.filter(({ reference }) => reference.split('; ').includes(`trap ${no}`))
  return named.map(linkOf).join(', ')
}

function reportsOf(examples: readonly Example[]): string[][] {
  const reports = examples.flatMap(example =>
    example.reference
      .split('; ')
      .filter(part => part.includes('#'))
      .map(part => ({ part, example })),
  )
  reports.sort((a, b) => (a.part < b.part ? -1 : a.part > b.part ? 1 : 0))
  return reports.map(({ part, example }) => {
    const [repository, number] = part.split('#')
    return [`[${part}](${ISSUES}${repository}/issues/${number})`, linkOf(example), example.guards_against]
  })
}

function linkOf({ dialect, name }: Example): string {
  return `[${dialect}/${name}](../schemas/examples/${dialect}/${name}.json)`
}

function code(paths: readonly string[] = []): string {
  return paths.map(path => `\`${path}\``).join(' ')
}

import { questions } from '../answers/questions.ts'
import type { Command } from './command.ts'
import { processCommand } from './processes/process-command.ts'
import type { CommandEntry } from './program.ts'

const SERVICES = 'Services:'
const ANSWERS = 'Answers:'
const FIGURES = 'Figures and money:'
const OPERATIONS = 'Operations:'

/** A process of its own, started by its own entry. */
const service = (name: string, does: string, start: () => Promise<unknown>): CommandEntry => ({
  name,
  does,
  group: SERVICES,
  load: async () => processCommand(name, does, start),
})

/** Every command of `weir`, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  service('ingest', 'takes lines and metrics over HTTP, scrapes model servers', () => import('../ingest/main.ts')),
  service('worker', 'reads the event log and writes the raw tables', () => import('../worker/main.ts')),
  service('settle', 'computes and publishes the touched windows', () => import('../settle/main.ts')),
  service('charge', 'publishes charges and pool costs by the hour', () => import('../charge/main.ts')),
  service('alert', 'judges rules, tells on-call', () => import('../alert/main.ts')),
  service('api', 'answers queries', () => import('../api/main.ts')),
  service('migrate', 'creates topics and tables, then ends', () => import('../migrate/main.ts')),
  service('standalone', 'all of them in one process, on this machine', () => import('../standalone/main.ts')),
  {
    name: 'demo',
    does: 'standalone, fed with replayed traffic and an incident',
    group: SERVICES,
    load: async () => (await import('./processes/demo-command.ts')).demoCommand,
  },
  {
    name: 'report',
    does: 'reads access logs from files, prints the tables, ends',
    group: FIGURES,
    load: async () => (await import('./report/report-command.ts')).reportCommand,
  },
  ...questions.map(
    (question): CommandEntry => ({
      name: question.name,
      does: question.summary,
      group: ANSWERS,
      load: async () => (await import('./answers/answer-command.ts')).answerCommand(question),
    }),
  ),
  {
    name: 'requests',
    does: 'the requests behind a figure, with their attempts',
    group: ANSWERS,
    load: async () => (await import('./requests/requests-command.ts')).requestsCommand,
  },
  {
    name: 'capsule',
    does: 'an incident on one page: before, during, after',
    group: ANSWERS,
    load: async () => (await import('./capsule/capsule-command.ts')).capsuleCommand,
  },
  {
    name: 'audit',
    does: 'the platform judged from its traffic: six questions',
    group: ANSWERS,
    load: async () => (await import('./audit/audit-command.ts')).auditCommand,
  },
  {
    name: 'statements',
    does: 'what each tenant owes: draft, close, show, adjust, verify',
    group: FIGURES,
    load: async () => (await import('./statements/statements-command.ts')).statementsCommand,
  },
  {
    name: 'prices',
    does: 'the price book: import, correct, list',
    group: FIGURES,
    load: async () => (await import('./prices/prices-command.ts')).pricesCommand,
  },
  {
    name: 'terms',
    does: 'billing terms: check, import, correct, show',
    group: FIGURES,
    load: async () => (await import('./terms/terms-command.ts')).termsCommand,
  },
  {
    name: 'pools',
    does: 'what GPU pools cost and who bears it',
    group: FIGURES,
    load: async () => (await import('./pools/pools-command.ts')).poolsCommand,
  },
  {
    name: 'reconcile',
    does: "a provider's invoice against our charges",
    group: FIGURES,
    load: async () => (await import('./reconcile/reconcile-command.ts')).reconcileCommand,
  },
  {
    name: 'budgets',
    does: 'budgets: spent, committed, forecast',
    group: FIGURES,
    load: async () => (await import('./budgets/budgets-command.ts')).budgetsCommand,
  },
  {
    name: 'export',
    does: 'charges as FOCUS 1.2',
    group: FIGURES,
    load: async () => (await import('./export/export-command.ts')).exportCommand,
  },
  {
    name: 'alerts',
    does: 'what fires; silences, acknowledgements, tests',
    group: OPERATIONS,
    load: async () => (await import('./alerts/alerts-command.ts')).alertsCommand,
  },
  {
    name: 'tail-files',
    does: 'ships log files to Weir, through rotation',
    group: OPERATIONS,
    load: async () => (await import('./tail/tail-command.ts')).tailCommand,
  },
  {
    name: 'sources',
    does: 'senders whose lines are kept aside: list, resume, park',
    group: OPERATIONS,
    load: async () => (await import('./sources/sources-command.ts')).sourcesCommand,
  },
  {
    name: 'tokens',
    does: 'who may send and read: add, list, revoke',
    group: OPERATIONS,
    load: async () => (await import('./tokens/tokens-command.ts')).tokensCommand,
  },
  {
    name: 'windows',
    does: 'minutes whose figures are not those of the raw rows',
    group: OPERATIONS,
    load: async () => (await import('./windows/windows-command.ts')).windowsCommand,
  },
  {
    name: 'completion',
    does: 'prints a completion script for a shell',
    group: OPERATIONS,
    load: async (): Promise<Command> => (await import('./completion/completion-command.ts')).completionCommand(commands),
  },
]

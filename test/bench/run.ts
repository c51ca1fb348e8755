/** `npm run bench -- panels …`, `… sparse …`, `… answers …` and `… alerts …` run the bench of that name, anything else the spine. */
const named: Readonly<Record<string, () => Promise<unknown>>> = {
  panels: () => import('./panels/run.ts'),
  sparse: () => import('./sparse.ts'),
  answers: () => import('./answers/run.ts'),
  alerts: () => import('./alerts.ts'),
}
const bench = named[process.argv[2] ?? '']
if (bench !== undefined) process.argv.splice(2, 1)
await (bench === undefined ? import('./spine.ts') : bench())

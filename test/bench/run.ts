/** `npm run bench -- NAME …` runs the bench of that name: panels, sparse, answers, answers-speed, alerts; anything else the spine. */
const named: Readonly<Record<string, () => Promise<unknown>>> = {
  panels: () => import('./panels/run.ts'),
  sparse: () => import('./sparse.ts'),
  answers: () => import('./answers/run.ts'),
  'answers-speed': () => import('./answers-speed/run.ts'),
  alerts: () => import('./alerts.ts'),
}
const bench = named[process.argv[2] ?? '']
if (bench !== undefined) process.argv.splice(2, 1)
await (bench === undefined ? import('./spine.ts') : bench())

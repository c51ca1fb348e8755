/** `npm run bench -- sparse …` and `npm run bench -- answers …` run the bench of that name, anything else the spine. */
const named: Readonly<Record<string, () => Promise<unknown>>> = {
  sparse: () => import('./sparse.ts'),
  answers: () => import('./answers/run.ts'),
}
const bench = named[process.argv[2] ?? '']
if (bench !== undefined) process.argv.splice(2, 1)
await (bench === undefined ? import('./spine.ts') : bench())

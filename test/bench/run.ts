/** `npm run bench -- sparse …` runs test/bench/sparse.ts, anything else the spine. */
if (process.argv[2] === 'sparse') {
  process.argv.splice(2, 1)
  await import('./sparse.ts')
} else await import('./spine.ts')

/** A package that the console's modules import in the browser. */
export interface BrowserPackage {
  /** The file that is served for its name, below node_modules. */
  entry: string
  /** What is served in the place of that file, where the file itself would bring in much that nobody uses. */
  text?: string
}

/**
 * By their name in `import` statements. There is no import map, which would have to stand in the page itself, where the content policy
 * forbids it: names are rewritten to paths when a module is served.
 */
export const browserPackages: Readonly<Record<string, BrowserPackage>> = {
  preact: { entry: 'preact/dist/preact.mjs' },
  'preact/hooks': { entry: 'preact/hooks/dist/hooks.mjs' },
  htm: { entry: 'htm/dist/htm.mjs' },
  uplot: { entry: 'uplot/dist/uPlot.esm.js' },
  'd3-sankey': {
    entry: 'd3-sankey/src/index.js',
    text: "export { default as sankey } from './sankey.js'\nexport { left as sankeyLeft, justify as sankeyJustify } from './align.js'\n",
  },
  'd3-array': {
    entry: 'd3-array/src/index.js',
    text: ['min', 'max', 'sum'].map(name => `export { default as ${name} } from './${name}.js'\n`).join(''),
  },
}

import type { Assets } from './assets.ts'

/** Rules of the content policy: nothing but what this server serves, no inline script, in nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers of the page. Paths and queries of it name tenants, so no other site is told where a reader came from. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

/** The one page of the console. It names its modules so that the browser asks for all of them at once, not one after the other. */
export function shellHtml({ version, files }: Assets): string {
  const at = `/console/v/${version}`
  const modules = [...files.keys()].filter(path => /\.(?:ts|m?js)$/.test(path))
  const styles = [...files.keys()].filter(path => path.endsWith('.css'))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Weir</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${at}/app/style/weir.svg" type="image/svg+xml">
${styles.map(path => `<link rel="stylesheet" href="${at}/${path}">`).join('\n')}
<script type="module" src="${at}/app/main.ts"></script>
${modules.map(path => `<link rel="modulepreload" href="${at}/${path}">`).join('\n')}
</head>
<body>
<div id="app"><p class="starting" role="status">Weir is loading …</p></div>
<noscript>The console needs JavaScript. The same figures are at /v1/…, described at /openapi.json.</noscript>
</body>
</html>
`
}

/** The alerting file of the demo: on-call is told of what is theirs, owners of budgets of what is theirs. */
export function demoAlertingFile({ url, keyFile, consoleUrl }: { url: string; keyFile: string; consoleUrl: string | null }): string {
  return `${consoleUrl === null ? '' : `public_url: ${consoleUrl}\n`}private_targets: [127.0.0.1]
receivers:
  - { name: on-call, kind: webhook, url: "${url}on-call", plain_http: true, secrets: ["file:${keyFile}"] }
  - { name: owners, kind: webhook, url: "${url}owners", plain_http: true, secrets: ["file:${keyFile}"] }
routes:
  - { name: owners, match: { owner: tenant, severity: [page, ticket] }, receivers: [owners], group_wait: 5s, group_interval: 5m }
  - { name: on-call, match: { severity: [page, ticket] }, receivers: [on-call], group_wait: 2s, group_interval: 1m }
`
}

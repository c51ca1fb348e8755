/** Files with which Grafana finds the data source, the dashboards and whom to tell (Grafana's folder provisioning/). */
import { stringify } from 'yaml'
import { datasource } from './query.ts'

/** Identity of the data source: rules name it, dashboards choose it. */
export const DATASOURCE_UID = 'weir-clickhouse'
/** The folder of dashboards and rules. */
export const FOLDER = 'Weir'

/** The files by their path below provisioning/. What begins with $ Grafana takes from its environment. */
export function provisioningFiles(): Readonly<Record<string, string>> {
  return {
    'datasources/weir.yaml': yaml(['A reader of Weir’s database: readonly=1 with a changeable max_execution_time is enough.'], dataSources),
    'dashboards/weir.yaml': yaml(['The files of dashboards/generated, mounted at this path.'], providers),
    'alerting/contact-points.yaml': yaml(
      ['Whom rules tell. No policies: a file of policies would replace all that there are.'],
      contactPoints,
    ),
  }
}

const dataSources = {
  apiVersion: 1,
  datasources: [
    {
      name: 'Weir',
      uid: DATASOURCE_UID,
      type: datasource.type,
      jsonData: {
        host: '$WEIR_CLICKHOUSE_HOST',
        port: '$WEIR_CLICKHOUSE_PORT',
        protocol: 'http',
        username: '$WEIR_CLICKHOUSE_USER',
        defaultDatabase: '$WEIR_CLICKHOUSE_DATABASE',
        dialTimeout: '5',
        queryTimeout: '10',
        // A limit on rows would cut what a panel sums, without a word.
        enableRowLimit: false,
      },
      secureJsonData: { password: '$WEIR_CLICKHOUSE_PASSWORD' },
    },
  ],
}

const providers = {
  apiVersion: 1,
  providers: [
    {
      name: 'weir',
      orgId: 1,
      folder: FOLDER,
      folderUid: 'weir',
      type: 'file',
      disableDeletion: true,
      allowUiUpdates: false,
      updateIntervalSeconds: 60,
      options: { path: '/etc/grafana/weir-dashboards', foldersFromFilesStructure: false },
    },
  ],
}

const contactPoints = {
  apiVersion: 1,
  contactPoints: [
    {
      orgId: 1,
      name: 'weir-on-call',
      receivers: [{ uid: 'weir-on-call', type: 'webhook', settings: { url: '$WEIR_ON_CALL_WEBHOOK', httpMethod: 'POST' } }],
    },
  ],
}

function yaml(head: readonly string[], content: object): string {
  const lines = ['Written by bin/write-dashboards.mjs.', ...head]
  return `${lines.map(line => `# ${line}`).join('\n')}\n${stringify(content, { lineWidth: 0 })}`
}

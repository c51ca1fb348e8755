/**
 * Who may speak to an embedded server. Any user of the machine reaches a port of 127.0.0.1, and so does a web page in a browser on it: the
 * server answers only requests that name it as their host and bring the password of an account.
 */
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'

/** An account of a ClickHouse server. */
export interface ClickHouseAccount {
  username: string
  password: string
}

/** The accounts of an embedded server, and the file that tells it of them. */
export interface EmbeddedAccess {
  /** May do what Weir does; no files, addresses or programs. */
  owner: ClickHouseAccount
  /** May only read. */
  reader: ClickHouseAccount
  configFile: string
}

const Passwords = Type.Object({ owner: Type.String({ minLength: 32 }), reader: Type.String({ minLength: 32 }) })
const passwordsCheck = Compile(Passwords)

const OWN_FOLDER = 'weir'
const PRIVATE_FILE = { mode: 0o600 }
// Account names begin alike, so that one pattern knows the `Authorization` of all: `weir` in base64, as far as it hangs on these alone.
const [OWNER, READER] = ['weir', 'weir_reader']
const AUTHORIZATION = 'regex:Basic d2Vpc.*'

const engines = ['MergeTree', 'ReplacingMergeTree', 'SummingMergeTree', 'AggregatingMergeTree', 'Memory']
const temporaryTables = 'GRANT CREATE TEMPORARY TABLE ON *.*'
const ownerGrants = [
  'GRANT SELECT, SHOW, INSERT, ALTER, TRUNCATE, OPTIMIZE, KILL QUERY ON *.*',
  'GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, DROP TABLE, DROP VIEW ON *.*',
  temporaryTables,
  ...engines.map(engine => `GRANT TABLE ENGINE ON ${engine}`),
]
const readerGrants = ['GRANT SELECT, SHOW ON *.*', temporaryTables, 'GRANT TABLE ENGINE ON Memory']
// The session that keeps the embedded server serving (embedded-server.ts) is of this account, which has no password. `numbers` is a
// temporary table to the server. Over HTTP it is not let in.
const defaultGrants = ['GRANT SYSTEM LISTEN ON *.*', temporaryTables]

/**
 * Makes the folder of the data the user's own, and in it the passwords (once, random) and the server's configuration. Throws the errors of
 * the file system.
 */
export function openEmbeddedAccess(directory: string, httpPort: number): EmbeddedAccess {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  chmodSync(directory, 0o700)
  const folder = join(directory, OWN_FOLDER)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const passwords = readPasswords(join(folder, 'passwords.json'))
  const usersFile = join(folder, 'users.xml')
  const configFile = join(folder, 'config.xml')
  writeFileSync(usersFile, usersXml(passwords), PRIVATE_FILE)
  writeFileSync(configFile, configXml(usersFile, httpPort), PRIVATE_FILE)
  return {
    owner: { username: OWNER, password: passwords.owner },
    reader: { username: READER, password: passwords.reader },
    configFile,
  }
}

function readPasswords(file: string): Static<typeof Passwords> {
  try {
    const known: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (passwordsCheck.Check(known)) return known
  } catch {
    // The first start, or a start that was cut off: made below.
  }
  const made = { owner: randomBytes(32).toString('base64url'), reader: randomBytes(32).toString('base64url') }
  writeFileSync(file, JSON.stringify(made), PRIVATE_FILE)
  return made
}

function usersXml(passwords: Static<typeof Passwords>): string {
  const hashed = (password: string) => `<password_sha256_hex>${createHash('sha256').update(password).digest('hex')}</password_sha256_hex>`
  return `<clickhouse>
  <profiles><default><constraints><add_http_cors_header><const/></add_http_cors_header></constraints></default></profiles>
  <quotas><default/></quotas>
  <users>
    ${userXml('default', '<password></password>', defaultGrants)}
    ${userXml(OWNER, hashed(passwords.owner), ownerGrants)}
    ${userXml(READER, hashed(passwords.reader), readerGrants)}
  </users>
</clickhouse>
`
}

function userXml(name: string, password: string, grants: readonly string[]): string {
  const granted = grants.map(grant => `<query>${grant}</query>`).join('')
  const place = '<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>'
  return `<${name}>${password}${place}<grants>${granted}</grants></${name}>`
}

/** Rules for requests, the first that fits: whether the server lives, queries of a known host and account, and nothing else. */
function configXml(usersFile: string, httpPort: number): string {
  const host = `<Host>regex:(127\\.0\\.0\\.1|localhost):${httpPort}</Host>`
  const query = '<type>dynamic_query_handler</type><query_param_name>query</query_param_name>'
  const refusal = '<type>static</type><status>401</status><content_type>text/plain</content_type>'
  return `<clickhouse>
  <user_directories><users_xml><path>${escapedXml(usersFile)}</path></users_xml></user_directories>
  <http_handlers>
    <rule><url>/ping</url><methods>GET</methods><headers>${host}</headers><handler><type>ping</type></handler></rule>
    <rule>
      <methods>GET,POST</methods><headers>${host}<Authorization>${AUTHORIZATION}</Authorization></headers><handler>${query}</handler>
    </rule>
    <rule><handler>${refusal}<response_content>this server is Weir's own</response_content></handler></rule>
  </http_handlers>
</clickhouse>
`
}

function escapedXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

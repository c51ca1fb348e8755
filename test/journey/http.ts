import assert from 'node:assert/strict'

/** What a report of the API answers, as far as tests look at it. */
export interface ApiAnswer {
  completeness: Record<string, number>
  rows: Record<string, unknown>[]
  next_cursor: string | null
}

/** Reads from the API with a bearer token; fails unless it answers 200. */
export async function readApi<Answer>(address: string, path: string, query: Record<string, string>, token?: string): Promise<Answer> {
  const answer = await fetch(`${address}${path}?${new URLSearchParams(query)}`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
  const text = await answer.text()
  assert.equal(answer.status, 200, `${path} answered ${answer.status}: ${text}`)
  return JSON.parse(text) as Answer
}

/** What ingest answers to lines. */
export interface Accepted {
  accepted: number
  rejected: { line: number; code: string; message: string }[]
}

/** Sends a body to ingest. Gives its answer when that is 202; undefined: not taken, or nobody knows (the connection broke). */
export async function send(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Accepted | undefined> {
  try {
    const answer = await fetch(url, { method: 'POST', headers, body })
    const text = await answer.text()
    return answer.status === 202 ? (JSON.parse(text) as Accepted) : undefined
  } catch {
    return undefined
  }
}

import assert from 'node:assert/strict'
import type { TestApi } from './fixture.ts'

// More pages than any test has rows: a cursor that does not move on fails instead of running forever.
const MOST_PAGES = 200

/** All rows of a question, page by page of `limit` rows; every page but the last must be full. */
export async function rowsOfPages(
  api: Pick<TestApi, 'get'>,
  url: string,
  token: string,
  limit: number,
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  let cursor: string | null = null
  for (let page = 0; page < MOST_PAGES; page++) {
    const { status, body, text } = await api.get(`${url}&limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`, token)
    assert.equal(status, 200, text)
    rows.push(...body.rows)
    cursor = body.next_cursor
    if (cursor === null) return rows
    assert.equal(body.rows.length, limit)
  }
  return assert.fail(`${url} has no last page`)
}

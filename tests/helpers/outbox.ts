import type { Row } from '#store/driver'
import type { EngineFixture } from '#tests/helpers/engine_fixture'

/** An event of the outbox with its document read. */
export interface TestEvent extends Row {
  name: string
  severity: string
  data: Record<string, unknown>
}

/** What is in the outbox, the oldest first. */
export async function outbox(fixture: Pick<EngineFixture, 'all'>): Promise<TestEvent[]> {
  const rows = await fixture.all('SELECT * FROM events ORDER BY created_at, dedupe_key')
  return rows.map((row) => {
    const data = typeof row.data === 'string' ? (JSON.parse(row.data) as unknown) : row.data
    return { ...row, data } as TestEvent
  })
}

/** The same in one line each: name, severity, cause. */
export async function told(fixture: Pick<EngineFixture, 'all'>): Promise<string[]> {
  return (await outbox(fixture)).map(({ name, severity, data }) =>
    [name, severity, data.cause].filter((word) => typeof word === 'string').join(' ')
  )
}

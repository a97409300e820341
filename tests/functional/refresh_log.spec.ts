import { test } from '@japa/runner'
import { decodeCursor } from '#services/account_cursor'
import type { Engine } from '#services/build_engine'
import { logQuery, type LogFilter } from '#services/refresh_log/log_query'
import { DEFAULT_RETENTION } from '#services/refresh_log/retention'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { ended, fill, insert, logged, ORGANIZATION } from '#tests/helpers/log_fixture'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
const DAY = 24 * HOUR
const ELSEWHERE = '00000000-0000-7000-8000-00000000000b'

for (const dialect of dialects) {
  test.group(`The refresh log on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let engine: Engine
    let id: string
    group.each.timeout(60_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      engine = fixture.engine
      id = await fixture.connect('ana', { next_refresh_at: NOW + DAY })
    })

    const count = async () => (await fixture.attempts(id)).length

    test('M3: recent and failed attempts with kind, reason, duration, old and new expiry', async ({
      assert,
    }) => {
      await logged(fixture, id, NOW - 2, { kind: 'manual', old_expires_at: NOW, new_expires_at: NOW + HOUR })
      const failed = { outcome: 'failed', failure_class: 'rejected', error_code: 'invalid_grant' }
      await logged(fixture, id, NOW - 1, failed)
      const { entries } = await engine.log.recent(ORGANIZATION)
      assert.deepEqual(
        entries.map(({ outcome }) => outcome),
        ['failed', 'success']
      )
      assert.deepInclude(entries[1], {
        kind: 'manual',
        oldExpiresAt: NOW,
        newExpiresAt: NOW + HOUR,
        durationMs: 100,
      })
      const page = await engine.log.failed(ORGANIZATION)
      assert.lengthOf(page.entries, 1)
      assert.deepInclude(page.entries[0], { reason: 'rejected', code: 'invalid_grant', at: NOW - 1 })
    })

    test('M3: success rates per kind and provider', async ({ assert }) => {
      await logged(fixture, id, NOW - HOUR)
      await logged(fixture, id, NOW - HOUR, { kind: 'manual' })
      await logged(fixture, id, NOW - HOUR, { kind: 'manual', outcome: 'failed' })
      const rates = await engine.log.successRates(ORGANIZATION, { from: NOW - DAY, to: NOW })
      const byKind = rates.map(({ provider, kind, successRate }) => `${provider} ${kind} ${successRate}`)
      assert.sameMembers(byKind, ['acme scheduled 1', 'acme manual 0.5'])
    })

    test('the log is read page by page, forth and back, and each entry once', async ({ assert }) => {
      for (let entry = 0; entry < 7; entry++) await logged(fixture, id, NOW - Math.floor(entry / 3))
      const seen: string[] = []
      let cursor = null
      let page = await engine.log.recent(ORGANIZATION, {}, { size: 3 })
      const first = page.entries.map((entry) => entry.id)
      for (;;) {
        seen.push(...page.entries.map((entry) => entry.id))
        if (!page.next) break
        cursor = decodeCursor(page.next)
        page = await engine.log.recent(ORGANIZATION, {}, { cursor, size: 3 })
      }
      assert.lengthOf(new Set(seen), 7)
      const back = decodeCursor(page.previous)
      const middle = await engine.log.recent(ORGANIZATION, {}, { cursor: back, size: 3 })
      const again = { cursor: decodeCursor(middle.previous), size: 3 }
      const begin = await engine.log.recent(ORGANIZATION, {}, again)
      assert.deepEqual(
        begin.entries.map((entry) => entry.id),
        first
      )
      assert.isNull(begin.previous)
    })

    test('another organization sees nothing of it', async ({ assert }) => {
      await logged(fixture, id, NOW - HOUR)
      assert.deepEqual((await engine.log.recent(ELSEWHERE)).entries, [])
      assert.deepEqual(await engine.log.successRates(ELSEWHERE, { from: NOW - DAY, to: NOW }), [])
    })

    test('every query over a long log is served by an index', async ({ assert }) => {
      await fill(fixture, dialect, id, 40_000, NOW)
      await fixture.run('ANALYZE refresh_attempts', [])
      const cursor = { direction: 'next', createdAt: NOW - HOUR, id } as const
      const filters: LogFilter[] = [
        {},
        { from: NOW - HOUR },
        { outcome: 'failed' },
        { kind: 'manual' },
        { kind: 'grant' },
        // An index of its own for a provider would cost each refresh a write; with a period the one by time serves.
        { provider: 'other', from: NOW - HOUR },
        { connectionId: id },
      ]
      for (const filter of filters) {
        for (const place of [null, cursor]) {
          const { sql, values } = logQuery(ORGANIZATION, filter, place, 51)
          const prefix = dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'
          const plan = (await fixture.all(`${prefix} ${sql}`, values)).map((row) =>
            Object.values(row).join(' ')
          )
          const text = plan.join('\n')
          assert.match(text, /USING INDEX refresh_attempts_|Index Scan.* (using|on) refresh_attempts_/, text)
          assert.notMatch(text, /SCAN refresh_attempts$|Seq Scan/m, text)
        }
      }
    })

    test('what is too old goes; the latest attempt and failures that changed something stay', async ({
      assert,
    }) => {
      const failed = { outcome: 'failed', transition: 'deactivated' }
      const kept = await logged(fixture, id, NOW - 60 * DAY, failed)
      await logged(fixture, id, NOW - 50 * DAY)
      const latest = await logged(fixture, id, NOW - 40 * DAY)
      await logged(fixture, id, NOW - 39 * DAY, { kind: 'test' })
      await engine.figures.rollUp()
      assert.equal((await engine.retention.prune()).attempts, 2)
      assert.deepEqual(
        (await fixture.attempts(id)).map((row) => row.id),
        [kept, latest]
      )
      assert.equal((await engine.retention.prune()).attempts, 0)
    })

    test('what the figures have not counted stays', async ({ assert }) => {
      for (let entry = 0; entry < 3; entry++) await logged(fixture, id, NOW - 40 * DAY - entry)
      assert.equal((await engine.retention.prune()).attempts, 0)
    })

    test('the log of one account is bounded in number, but for the last two days', async ({ assert }) => {
      const small = fixture.sibling({ retention: { ...DEFAULT_RETENTION, attemptsPerConnection: 10 } })
      const turn = { outcome: 'failed', transition: 'first_strike' }
      const told = await logged(fixture, id, NOW - 20 * DAY, turn)
      for (let entry = 0; entry < 300; entry++) await logged(fixture, id, NOW - 5 * DAY - entry)
      for (let entry = 0; entry < 20; entry++) await logged(fixture, id, NOW - HOUR - entry)
      await small.figures.rollUp()
      assert.equal((await small.retention.prune()).attempts, 300)
      assert.equal(await count(), 21)
      assert.equal((await fixture.attempts(id))[0].id, told)
    })

    test('the log does not grow without end: a year of refreshes leaves a month of them', async ({
      assert,
    }) => {
      const sizes: number[] = []
      for (let month = 0; month < 12; month++) {
        for (let day = 0; day < 30; day++) {
          fixture.clock.advance(DAY)
          await logged(fixture, id, fixture.clock.now())
        }
        fixture.clock.advance(HOUR)
        await engine.figures.rollUp()
        await engine.retention.prune()
        sizes.push(await count())
      }
      assert.isAtMost(Math.max(...sizes), 31)
      const figures = await engine.figures.figures(ORGANIZATION, { from: NOW, to: fixture.clock.now() })
      assert.equal(figures.total.attempts, 360)
    }).timeout(60_000)

    test('old runs go, but for the last one of each job and what is not over; so do events that were sent', async ({
      assert,
    }) => {
      for (const days of [300, 200, 100]) await ended(fixture, NOW - days * DAY, 1_000)
      await ended(fixture, NOW - 300 * DAY, 1_000, { job: 'weekly', state: 'queued' })
      await event('sent', NOW - 31 * DAY, NOW - 31 * DAY)
      await event('young', NOW - 29 * DAY, NOW - 29 * DAY)
      await event('waiting', NOW - 31 * DAY, null)
      const { runs, events } = await engine.retention.prune()
      assert.deepEqual([runs, events], [2, 1])
      const left = await fixture.all('SELECT dedupe_key FROM events ORDER BY dedupe_key')
      assert.deepEqual(
        left.map((row) => row.dedupe_key),
        ['waiting', 'young']
      )
    })

    test('a retention that is told to stop deletes nothing more', async ({ assert }) => {
      for (let entry = 0; entry < 3; entry++) await logged(fixture, id, NOW - 40 * DAY - entry)
      await engine.figures.rollUp()
      const none = await engine.retention.prune({ signal: AbortSignal.abort() })
      assert.deepEqual(none, { attempts: 0, runs: 0, events: 0, figures: 0, audit: 0 })
      assert.equal(await count(), 3)
    })

    const event = (key: string, createdAt: number, dispatchedAt: number | null) =>
      insert(fixture, 'events', {
        organization_id: ORGANIZATION,
        name: 'run.failed',
        severity: 'high',
        data: '{}',
        dedupe_key: key,
        created_at: createdAt,
        dispatched_at: dispatchedAt,
      })
  })
}

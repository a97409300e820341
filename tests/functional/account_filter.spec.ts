import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { accountFilterSql } from '#services/account_filter/filter_sql'
import { parseAccountFilter } from '#services/account_filter/parse_filter'
import { connectionHealthSql } from '#services/connection_health_sql'
import { engineFixture, postgresUrl, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR

/** Runs a filter on the fixture's own database, which need not be the application's. */
async function select(
  fixture: EngineFixture,
  dialect: 'sqlite' | 'postgres',
  text: string
): Promise<string[]> {
  const client = db.connection(dialect === 'postgres' ? 'test_pg' : undefined)
  const now = fixture.clock.now()
  const toInstant = (at: number) => (dialect === 'postgres' ? new Date(at) : at)
  const { margin } = fixture.provider.refresh
  const facts = { supported: true, needsRefreshToken: true, margin, paused: false }
  const health = connectionHealthSql({ providers: new Map([['acme', facts]]), now, dialect, toInstant })
  const providers = { find: (id: string) => (id === 'acme' ? { id } : null), all: () => [{ id: 'acme' }] }
  const parsed = parseAccountFilter(text, providers)
  if (!parsed.ok) throw new Error(parsed.reason)
  const { sql, bindings } = accountFilterSql(parsed.filter, { dialect, now, toInstant, health })
  const rows = await client
    .from('connections')
    .whereRaw(sql, bindings as string[])
    .select('owner')
  return rows.map(({ owner }) => owner as string).sort()
}

for (const dialect of ['sqlite', 'postgres'] as const) {
  test.group(`Filtering accounts (${dialect})`, (group) => {
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.timeout(20_000)

    test('each qualifier selects what it says', async (context) => {
      const fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      const { connect, clock } = fixture
      const now = clock.now()
      await connect('ana', {
        tags: '["vip","a%b"]',
        scopes: '["chat:read"]',
        token_expires_at: now + 30 * MINUTE,
        grant_expires_at: now + 5 * DAY,
        next_refresh_at: now + MINUTE,
      })
      await connect('ben', { paused_at: now, token_expires_at: now + 2 * HOUR, grant_expires_at: null })
      await connect('cleo', {
        status: 'needs_reauth',
        error_code: 'invalid_grant',
        token_expires_at: null,
        grant_expires_at: now + 30 * DAY,
        display_name: 'Cleo 100%',
      })
      const cases: Record<string, string[]> = {
        '': ['ana', 'ben', 'cleo'],
        'provider:acme': ['ana', 'ben', 'cleo'],
        'owner:ana': ['ana'],
        'owner:ana owner:ben': ['ana', 'ben'],
        'tag:vip': ['ana'],
        'tag:vi': [],
        'tag:"a%b"': ['ana'],
        'tag:vip tag:"a%b"': ['ana'],
        'tag:vip tag:other': [],
        'scope:chat:read': ['ana'],
        'error:INVALID_GRANT': ['cleo'],
        'status:needs_reauth': ['cleo'],
        'status:reconnect': ['cleo'],
        'health:paused': ['ben'],
        'health:paused health:reconnect': ['ben', 'cleo'],
        'expires:<1h': ['ana'],
        'expires:>1h': ['ben'],
        'expires:none': ['cleo'],
        'grant:<14d': ['ana'],
        'grant:>14d': ['cleo'],
        'grant:none': ['ben'],
        'expires:>20m expires:<40m': ['ana'],
        'expires:<2001-01-01': [],
        'expires:>2001-01-01': ['ana', 'ben'],
        '100%': ['cleo'],
        '10_%': [],
        'CLEO 100%': ['cleo'],
        'owner:"\'; DROP TABLE connections; --"': [],
        '"\' OR 1=1 --"': [],
      }
      for (const [text, expected] of Object.entries(cases)) {
        context.assert.deepEqual(await select(fixture, dialect, text), expected, text)
      }
    })
  })
}

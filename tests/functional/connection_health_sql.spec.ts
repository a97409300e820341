import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { toInstant } from '#models/columns'
import Connection, { CONNECTION_STATUSES } from '#models/connection'
import { healthCondition } from '#services/account_filter/health_condition'
import { connectionHealth, HEALTH_WORDS, type ProviderHealth } from '#services/connection_health'
import { connectionHealthSql } from '#services/connection_health_sql'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'
import { healthFacts } from '#transformers/account_facts'

const ROWS = 400
const MINUTE = 60_000
const now = Date.UTC(2026, 10, 21, 12)

const providers = new Map<string, ProviderHealth>([
  ['plain', { supported: true, needsRefreshToken: true, margin: 5 * MINUTE, paused: false }],
  ['wide', { supported: true, needsRefreshToken: true, margin: 60 * MINUTE, paused: false }],
  ['exchange', { supported: true, needsRefreshToken: false, margin: 60 * MINUTE, paused: false }],
  ['paused', { supported: true, needsRefreshToken: true, margin: 5 * MINUTE, paused: true }],
  ['fixed', { supported: false, needsRefreshToken: true, margin: 5 * MINUTE, paused: false }],
])

/** A small generator with a seed, so that a failure can be repeated. */
function generator(seed: number) {
  let state = seed
  const next = () => ((state = (state * 1_103_515_245 + 12_345) % 2_147_483_648), state / 2_147_483_648)
  return {
    chance: (share: number) => next() < share,
    of: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)],
    around: () => DateTime.fromMillis(now + Math.round((next() - 0.5) * 4 * 60) * MINUTE, { zone: 'utc' }),
  }
}

function randomRow(random: ReturnType<typeof generator>) {
  const maybe = (share: number) => (random.chance(share) ? random.around() : null)
  return {
    provider: random.of([...providers.keys(), 'plain', 'wide', 'gone']),
    status: random.chance(0.8) ? 'connected' : random.of(CONNECTION_STATUSES),
    statusReason: random.chance(0.2) ? 'not_extended' : null,
    isActive: random.chance(0.93),
    pausedAt: maybe(0.05),
    leaseUntil: maybe(0.15),
    tokenRefreshFailedAt: maybe(0.08),
    openAttempts: random.chance(0.05) ? 1 : 0,
    tokenType: random.chance(0.93) ? 'oauth2' : random.of(['static', 'oauth1a']),
    refreshToken: random.chance(0.85) ? 'SEALED' : null,
    nextRefreshAt: maybe(0.7),
    tokenExpiresAt: maybe(0.9),
    lastTokenRefreshAt: maybe(0.6),
    grantedAt: maybe(0.6),
    connectedAt: maybe(0.6),
  }
}

test.group('Connection health in SQL', (group) => {
  group.each.setup(() => emptyTables())

  test('agrees with the pure function on every row of a random table', async ({ assert }) => {
    const { organization } = await aPerson()
    const random = generator(20_261_121)
    const parents: string[] = []
    for (let index = 0; index < ROWS; index++) {
      const parentId = parents.length > 10 && random.chance(0.2) ? random.of(parents) : null
      const row = await aConnection(organization, { ...randomRow(random), parentId })
      if (parentId === null) parents.push(row.id)
    }
    const expression = connectionHealthSql({
      providers,
      now,
      dialect: db.connection().dialect.name,
      toInstant: (at) => toInstant(at),
    })
    const { sql, bindings } = expression
    const rows = await db.from('connections').select('id', db.raw(`${sql} AS health`, bindings as string[]))
    for (const word of HEALTH_WORDS) {
      const narrowed = healthCondition(word, expression)
      const found = await db.from('connections').whereRaw(narrowed.sql, narrowed.bindings as string[])
      const expected = rows.filter(({ health }) => health === word)
      assert.sameMembers(
        found.map(({ id }) => id),
        expected.map(({ id }) => id),
        `what is necessary for ${word}`
      )
    }
    const inSql = new Map(rows.map((row) => [row.id, row.health]))
    const seen = new Set<string>()
    for (const connection of await Connection.query().preload('parent')) {
      const facts = healthFacts(connection)
      const health = connectionHealth(facts, providers.get(connection.provider) ?? null, now)
      seen.add(health)
      assert.equal(inSql.get(connection.id), health, JSON.stringify(facts))
    }
    assert.sameMembers([...seen], [...HEALTH_WORDS])
  })
})

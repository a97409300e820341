import { test } from '@japa/runner'
import fc from 'fast-check'
import {
  QUALIFIERS,
  TIME_QUALIFIERS,
  type AccountQuery,
  type Term,
} from '#services/account_filter/account_filter'
import { accountFilterSql } from '#services/account_filter/filter_sql'
import { parseAccountFilter } from '#services/account_filter/parse_filter'
import { printAccountFilter } from '#services/account_filter/print_filter'
import { HEALTH_WORDS } from '#services/connection_health'

const PROVIDERS = ['acme', 'umbrella']
const providers = {
  find: (id: string) => (PROVIDERS.includes(id) ? { id } : null),
  all: () => PROVIDERS.map((id) => ({ id })),
}
const NOW = Date.UTC(2026, 0, 1)
const input = (dialect: string) => ({
  dialect,
  now: NOW,
  toInstant: (at: number) => at,
  health: { sql: "CASE WHEN x = ? THEN 'healthy' END", bindings: ['bound'] },
})

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((one) => one.isWellFormed() && !one.includes('\0'))
const hostile = fc.constantFrom(
  `'; DROP TABLE connections; --`,
  `" OR 1=1 --`,
  '%_\\',
  'a b',
  'provider:acme',
  '\\"',
  '""',
  '?',
  '$1',
  ':name'
)
const anyText = fc.oneof(text, hostile)
const term: fc.Arbitrary<Term> = fc.oneof(
  fc.record({ name: fc.constant('provider' as const), value: fc.constantFrom(...PROVIDERS) }),
  fc.record({ name: fc.constantFrom('status', 'health'), value: fc.constantFrom(...HEALTH_WORDS) }),
  fc.record({ name: fc.constantFrom('owner', 'error', 'tag', 'scope'), value: anyText }),
  fc.record({
    name: fc.constantFrom(...TIME_QUALIFIERS),
    bound: fc.oneof(
      fc.record({ side: fc.constantFrom('<', '>'), within: fc.integer({ min: 0, max: 10 ** 12 }) }),
      fc.record({ side: fc.constantFrom('<', '>'), at: fc.integer({ min: 0, max: 4 * 10 ** 12 }) }),
      fc.constant({ side: 'none' as const })
    ),
  })
) as fc.Arbitrary<Term>
const query: fc.Arbitrary<AccountQuery> = fc.record({
  terms: fc.array(term, { maxLength: 6 }),
  words: fc.array(anyText, { maxLength: 4 }),
})

const refusal = (filter: string) => {
  const parsed = parseAccountFilter(filter, providers)
  return parsed.ok ? null : parsed.reason
}

test.group('A filter', () => {
  test('what is printed is read as the same again', ({ assert }) => {
    fc.assert(
      fc.property(query, (one) => {
        const printed = printAccountFilter(one)
        fc.pre(printed.length <= 1_000)
        assert.deepEqual(parseAccountFilter(printed, providers), { ok: true, filter: one })
      }),
      { numRuns: 1_000 }
    )
  })

  test('any text is either read or refused with a sentence; reading never throws', ({ assert }) => {
    const pieces = fc.array(fc.oneof(fc.string({ unit: 'binary' }), anyText, fc.constantFrom(...QUALIFIERS)))
    fc.assert(
      fc.property(pieces, fc.constantFrom('', ' ', ':', '"'), (parts, glue) => {
        const parsed = parseAccountFilter(parts.join(glue), providers)
        if (!parsed.ok) return assert.match(parsed.reason, /^[A-Z"].+\.$/su)
        const printed = printAccountFilter(parsed.filter)
        if (printed.length > 1_000) return
        assert.deepEqual(parseAccountFilter(printed, providers), parsed)
      }),
      { numRuns: 1_000 }
    )
  })

  for (const dialect of ['sqlite', 'postgres']) {
    test(`what a person writes never becomes SQL (${dialect})`, ({ assert }) => {
      const shapeOf = (one: AccountQuery) => accountFilterSql(one, input(dialect))
      const harmless = (one: AccountQuery): AccountQuery => ({
        words: one.words.map(() => 'x'),
        terms: one.terms.map((each) => {
          if ('bound' in each || ['provider', 'status', 'health'].includes(each.name)) return each
          return { name: each.name, value: 'x' }
        }),
      })
      fc.assert(
        fc.property(query, (one) => {
          const { sql, bindings } = shapeOf(one)
          assert.equal(sql, shapeOf(harmless(one)).sql)
          assert.equal(sql.split('?').length - 1, bindings.length)
        }),
        { numRuns: 500 }
      )
    })
  }

  test('qualifiers, quotes and words are told apart', ({ assert }) => {
    const parsed = parseAccountFilter(
      'provider:acme STATUS:Reconnect expires:<1h grant:>14d scope:chat:read owner:"Ana \\"Z\\" L" vip "two words"',
      providers
    )
    assert.deepEqual(parsed, {
      ok: true,
      filter: {
        terms: [
          { name: 'provider', value: 'acme' },
          { name: 'status', value: 'reconnect' },
          { name: 'expires', bound: { side: '<', within: 3_600_000 } },
          { name: 'grant', bound: { side: '>', within: 14 * 86_400_000 } },
          { name: 'scope', value: 'chat:read' },
          { name: 'owner', value: 'Ana "Z" L' },
        ],
        words: ['vip', 'two words'],
      },
    })
  })

  test('a percent sign and an underscore in a word mean themselves', ({ assert }) => {
    const { bindings } = accountFilterSql({ terms: [], words: ['10_%\\'] }, input('sqlite'))
    assert.equal(bindings[0], '%10\\_\\%\\\\%')
  })

  test('what is not known is named, with what is known', ({ assert }) => {
    assert.equal(
      refusal('providr:acme'),
      'There is no qualifier "providr"; did you mean "provider"? Known are: provider, status, health, expires, grant, ' +
        'tag, owner, error, scope. To search for the text itself, put it in quotes: "providr:acme".'
    )
    assert.equal(
      refusal('provider:acmee'),
      'There is no provider "acmee"; did you mean "acme"? Known are: acme, umbrella.'
    )
    assert.equal(
      refusal('health:broken'),
      'There is no health "broken". Known are: reconnect, retrying, due, refreshing, paused, static, healthy.'
    )
    assert.include(refusal('expires:soon') ?? '', '"expires:soon" is no time.')
    assert.include(refusal('expires:<1x') ?? '', '"expires:<1x" is no time.')
    assert.equal(refusal('owner: ana'), 'After "owner:" stands no value. Write owner:ana, for example.')
    assert.include(refusal('owner:"ana') ?? '', 'The quote that begins at "ana does not end')
  })

  test('a filter that no person wrote is refused', ({ assert }) => {
    assert.equal(refusal('a'.repeat(1_001)), 'A filter may have 1000 characters, not 1001.')
    assert.equal(refusal('a '.repeat(31)), 'A filter may have 30 words and qualifiers.')
  })
})

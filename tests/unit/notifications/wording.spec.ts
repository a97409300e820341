import router from '@adonisjs/core/services/router'
import { test } from '@japa/runner'
import { LOCALES, type Locale } from '#notifications/types'
import {
  APP_URL,
  dataOf,
  everything,
  matter,
  message,
  wording,
  type Case,
} from '#tests/helpers/wording_fixture'

/** Words that every English sentence of ours has one of. */
const ENGLISH = /\b(the|is|are|was|were|you|nothing|again|since|access|account|refresh)\b/i

/** What people may open, whatever their role: the rest belongs to staff. */
const FOR_EVERYBODY = [
  /^\/$/,
  /^\/streamer$/,
  /^\/campaigns(\/k)?$/,
  /^\/accounts\/0190-0\/reconnect$/,
  /^\/alerts$/,
]

/** Whether the application answers a GET of this path with a page of its own. */
function isRoute(path: string): boolean {
  const found = router.match(path, 'GET', false)
  return Boolean(found && !found.route.pattern.includes('*'))
}

test.group('Words of a message', (group) => {
  group.setup(() => {
    router.commit()
  })

  test('every event, cause, count, reader and language has whole sentences', async ({ assert }) => {
    let said = 0
    for (const { about, message: one, words } of await everything()) {
      const { title, body, lines, action } = words
      const text = [title, body, action, ...lines].join('\n')
      assert.notMatch(
        text,
        /[{}]|undefined|null|NaN|translation missing|\[object|#| {2}|“”|「」|\(\)|（）/u,
        about
      )
      assert.isAbove(title.length, 5, about)
      assert.match(body, /[.。]$/, about)
      if (one.locale === 'en') assert.isAtMost(title.length, 60, about)
      if (one.locale !== 'en') {
        const ours = body.replace('Token is revoked', '').replace('SCHEDULER_ENABLED=true', '')
        assert.notMatch(`${title} ${ours} ${action}`, ENGLISH, about)
      }
      said += 1
    }
    assert.isAbove(said, 1_000)
  })

  test('staff read the cause and what the provider said, nobody else does', async ({ assert }) => {
    for (const { about, message: one, words } of await everything()) {
      if (one.audience === 'staff') continue
      const { title, body, lines } = words
      const text = [title, body, ...lines].join('\n').replaceAll('Token refresh', '')
      assert.notMatch(
        text,
        /revoked|invalid_grant|ENCRYPTION_KEYS|SCHEDULER_ENABLED|disk full|client id|token/i,
        about
      )
    }
    const data = dataOf('connection.deactivated', 'rejected')
    const dead = matter({ event: 'connection.deactivated', cause: 'rejected', data })
    assert.equal(
      (await wording()).words(message({ matters: [dead] })).body,
      'Since November 21 at 11:30 UTC, Ana at Acme can no longer be refreshed. The refresh token was refused again: ' +
        'the grant is dead, most likely revoked. Reconnect the account, or ask the owner to. ' +
        'The answer was “Token is revoked” (invalid_grant).'
    )
  })

  test('links lead to pages that exist and that the reader may open', async ({ assert }) => {
    assert.isFalse(isRoute('/nowhere'))
    for (const { about, message: one, words } of await everything()) {
      const link = new URL(words.link)
      assert.equal(link.origin, APP_URL, about)
      assert.isTrue(isRoute(link.pathname), `${about}: ${link.pathname}`)
      if (one.audience === 'staff') continue
      assert.isTrue(
        FOR_EVERYBODY.some((pattern) => pattern.test(link.pathname)),
        `${about}: ${link.pathname}`
      )
      const isOthers = one.matters[0].accounts.some(({ isOwn }) => isOwn === false)
      if (isOthers) assert.notInclude(link.pathname, 'reconnect', about)
    }
  })

  test('a dead grant leads its owner to the reconnect page, staff to the account, many to the list', async ({
    assert,
  }) => {
    const words = await wording()
    const link = (changes: Partial<Case>, audience: 'staff' | 'person') => {
      const one = matter({ event: 'connection.deactivated', cause: 'rejected', ...changes })
      const { link: address, action } = words.words(message({ audience, matters: [one] }))
      return [address.slice(APP_URL.length), action]
    }
    assert.deepEqual(link({}, 'person'), ['/accounts/0190-0/reconnect', 'Reconnect'])
    assert.deepEqual(link({ count: 2 }, 'person'), ['/streamer', 'Open my channels'])
    assert.deepEqual(link({ isOwn: false }, 'person'), ['/campaigns', 'Open campaigns'])
    assert.deepEqual(link({}, 'staff'), ['/accounts/0190-0', 'Open account'])
    assert.deepEqual(link({ count: 2 }, 'staff'), [
      '/accounts?status=reconnect&provider=acme',
      'Show accounts',
    ])
  })

  test('accounts are named: one, two, three, and how many more', async ({ assert }) => {
    const words = await wording()
    const say = (locale: Locale, count: number) => {
      const one = matter({ event: 'connection.recovered', count })
      return words.words(message({ locale, matters: [one] }))
    }
    const named = (count: number) => /for (.*)\. Nothing/.exec(say('en', count).body)?.[1]
    assert.equal(named(1), 'Ana')
    assert.equal(named(2), 'Ana and Ben')
    assert.equal(named(3), 'Ana, Ben and Chloé')
    assert.equal(named(15), 'Ana, Ben and 13 more')
    assert.equal(say('en', 15).title, 'Works again: 15 Acme accounts')
    assert.equal(say('fr', 15).title, 'Fonctionne à nouveau\u202f: 15 comptes Acme')
    assert.include(say('fr', 15).body, 'Ana, Ben et 13 autres')
    assert.include(say('ja', 15).body, 'Ana、Ben、ほか13件')
    assert.deepEqual(say('en', 1).lines, [])
    assert.deepEqual(say('en', 2).lines, ['Ana (Acme)', 'Ben (Acme)'])
    assert.lengthOf(say('en', 15).lines, 11)
    assert.equal(say('en', 15).lines.at(-1), 'and 5 more')
  })

  test('times are those of the reader’s zone, which is named; an unknown zone is UTC', async ({ assert }) => {
    const words = await wording()
    const deadline = Date.UTC(2026, 11, 4, 23, 5)
    const one = matter({ event: 'connection.expiring', cause: 'deadline', data: { deadline } })
    const say = (locale: Locale, timeZone: string) =>
      words.words(message({ locale, timeZone, matters: [one] }))
    assert.include(say('en', 'America/New_York').body, 'December 4, 2026 at 18:05 EST')
    assert.include(say('fr', 'Europe/Paris').body, '5 décembre 2026 à 00:05 UTC+1')
    assert.include(say('ja', 'Asia/Tokyo').body, '2026年12月5日 8:05 JST'.replace(' 8', ' 08'))
    assert.equal(say('ja', 'Asia/Tokyo').title, '12月5日にアクセス終了：Ana（Acme）')
    assert.include(say('en', 'Mars/Olympus').body, 'December 4, 2026 at 23:05 UTC')
  })

  test('names are data: cut, cleaned, and never read as a message', async ({ assert }) => {
    const words = await wording()
    const hostile = [
      '{count, plural, other {#}}',
      '{oops',
      "it's '{quoted}'",
      '\u202egnp.exe\u202c',
      'line\r\nBcc: someone@example.org',
      '\u001b[31mred',
      '<script>alert(1)</script>',
      '𝕏'.repeat(200),
    ]
    for (const name of hostile) {
      const one = matter({
        event: 'connection.deactivated',
        count: 2,
        data: { description: name, code: name },
      })
      const accounts = [
        { ...one.accounts[0], name },
        { ...one.accounts[1], name: '  ' },
      ]
      const said = words.words(
        message({ organizationName: name, matters: [{ ...one, accounts, providerName: name }] })
      )
      const text = [said.title, said.body, ...said.lines]
      for (const line of text) assert.notMatch(line, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u, name)
      assert.isTrue(text.join().isWellFormed(), name)
      assert.include(said.body, 'Unnamed account')
      assert.isAtMost(said.lines[0].length, 165)
    }
    const one = matter({ event: 'connection.recovered' })
    const named = { ...one, accounts: [{ ...one.accounts[0], name: "{count} isn't <b>" }] }
    assert.equal(words.words(message({ matters: [named] })).title, "Works again: {count} isn't <b> (Acme)")
    const long = { ...one, accounts: [{ ...one.accounts[0], name: 'x'.repeat(500) }] }
    assert.equal(words.words(message({ matters: [long] })).title, `Works again: ${'x'.repeat(31)}… (Acme)`)
  })

  test('a digest has one line for each matter, a test says that it is one', async ({ assert }) => {
    const words = await wording()
    const matters = [
      matter({ event: 'connection.deactivated', count: 15 }),
      matter({ event: 'provider.paused', cause: 'unavailable' }),
    ]
    const digest = words.words(message({ isDigest: true, matters }))
    assert.equal(digest.title, 'Summary: 2 notifications')
    assert.equal(
      digest.body,
      'What happened at Guild between November 21 at 11:30 UTC and November 21 at 12:00 UTC.'
    )
    assert.deepEqual(digest.lines, ['Reconnect needed: 15 Acme accounts', 'Acme is not answering'])
    assert.equal(digest.link, `${APP_URL}/inbox`)
    const lone = words.words(message({ isDigest: true, matters: matters.slice(0, 1) }))
    assert.equal(lone.title, 'Reconnect needed: 15 Acme accounts')
    const many = words.words(
      message({ isDigest: true, matters: Array.from({ length: 30 }, () => matters[1]) })
    )
    assert.equal(many.lines.at(-1), 'and 20 more')
    for (const locale of LOCALES) {
      const trial = words.words(message({ locale, isTest: true }))
      assert.include(trial.title, 'Evergrant')
      assert.equal(trial.link, `${APP_URL}/alerts`)
    }
    assert.throws(() => words.words(message()), 'A message without a matter says nothing')
  })

  test('the frame of a letter names the worst severity, the organization and the zone', async ({
    assert,
  }) => {
    const words = await wording()
    const urgent = { ...matter({ event: 'connection.suspended' }), severity: 'urgent' as const }
    const matters = [matter({ event: 'connection.recovered' }), urgent]
    const frame = words.frame(message({ locale: 'fr', timeZone: 'Europe/Paris', matters }))
    assert.equal(frame.severity, 'urgent')
    assert.include(frame.reason, 'Guild')
    assert.equal(frame.sent, 'Envoyé le 21 novembre à 13:00 UTC+1')
    assert.equal(frame.change.link, `${APP_URL}/alerts`)
  })
})

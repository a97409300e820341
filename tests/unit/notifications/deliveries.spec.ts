import { test } from '@japa/runner'
import { waitAfter } from '#notifications/backoff'
import { fit, fitLines } from '#notifications/channels/fit'
import { slackBody } from '#notifications/channels/slack_webhook'
import { discordBody } from '#notifications/channels/discord_webhook'
import { decideOutcome } from '#notifications/delivery_outcome'
import type { Receipt, Words } from '#notifications/types'

const HOUR = 3_600_000
const answered = { status: 500, code: 'http_500', answer: null }
const later = (retryAfter: number | null = null): Receipt => ({ type: 'later', retryAfter, ...answered })

test.group('Waits between attempts', () => {
  const backoff = [5_000, 300_000]

  for (const [attempts, retryAfter, random, expected] of [
    [1, null, 0, 5_000],
    [1, null, 0.999999, 6_000],
    [2, null, 0.5, 330_000],
    [3, null, 0, null],
    // What the receiver asks for wins where it is longer.
    [1, 60_000, 0, 60_000],
    [2, 60_000, 0, 300_000],
    [1, 48 * HOUR, 0, 24 * HOUR],
    [3, 60_000, 0, null],
  ] as const) {
    test(`after ${attempts}, asked for ${retryAfter}, draw ${random}: ${expected}`, ({ assert }) => {
      assert.equal(waitAfter(attempts, { backoff, retryAfter, random: () => random }), expected)
    })
  }
})

test.group('What becomes of a message', () => {
  const situation = { attempts: 1, isTest: false, backoff: [5_000], random: () => 0 }

  for (const [name, receipt, overrides, expected] of [
    ['delivered', { type: 'delivered', ...answered }, {}, { type: 'delivered' }],
    ['may pass', later(), {}, { type: 'again', wait: 5_000 }],
    ['attempts used up', later(), { attempts: 2 }, { type: 'dead', gone: false }],
    ['a test is tried once', later(60_000), { isTest: true }, { type: 'dead', gone: false }],
    ['refused', { type: 'refused', alarm: false, ...answered }, {}, { type: 'dead', gone: false }],
    ['gone', { type: 'gone', ...answered }, {}, { type: 'dead', gone: true }],
  ] as [string, Receipt, object, object][]) {
    test(name, ({ assert }) => {
      assert.deepEqual(decideOutcome(receipt, { ...situation, ...overrides }), expected as never)
    })
  }
})

test.group('Text that must fit', () => {
  const plain = (character: string) => character
  const doubled = (character: string) => (character === '<' ? '&lt;' : character)

  test('text within the limit stays, longer text ends with an ellipsis within it', ({ assert }) => {
    assert.equal(fit('abc', 3, plain), 'abc')
    assert.equal(fit('abcd', 3, plain), 'ab…')
    assert.equal(fit('', 3, plain), '')
  })

  test('a cut never goes through an escape or a character', ({ assert }) => {
    assert.equal(fit('a<<', 6, doubled), 'a&lt;…')
    assert.equal(fit('a<<', 9, doubled), 'a&lt;&lt;')
    assert.equal(fit('a😀b', 3, plain), 'a…')
  })

  test('lines that do not fit are left out whole', ({ assert }) => {
    assert.equal(fitLines(['ab', 'cd'], 5), 'ab\ncd')
    assert.equal(fitLines(['ab', 'cd', 'ef'], 7), 'ab\ncd\n…')
    assert.equal(fitLines(['abcdef'], 5), '…')
    assert.equal(fitLines([], 5), '')
  })
})

const HOSTILE =
  '<!channel> @everyone <https://evil.example|Click> [x](https://evil.example) https://evil.example `*_~|>'

const words = (overrides: Partial<Words> = {}): Words => ({
  title: HOSTILE,
  body: HOSTILE,
  lines: [HOSTILE],
  link: 'https://evergrant.example/accounts/1',
  action: 'Open (now)',
  ...overrides,
})

test.group('Hostile names', () => {
  test('Slack reads neither mentions nor links in them', ({ assert }) => {
    const body = slackBody(words())
    const { text, blocks } = JSON.parse(body)
    assert.notMatch(body, /<(!|@|#|http)/)
    assert.include(text, '&lt;!channel&gt;')
    for (const { type, text: part } of blocks) if (type === 'section') assert.isTrue(part.verbatim)
    const urls = blocks.flatMap(({ elements = [] }: { elements?: { url: string }[] }) =>
      elements.map(({ url }) => url)
    )
    assert.deepEqual(urls, ['https://evergrant.example/accounts/1'])
  })

  test('Discord mentions nobody, and no link in them is one', ({ assert }) => {
    const { embeds, allowed_mentions: mentions } = JSON.parse(discordBody(words(), 'high'))
    assert.deepEqual(mentions, { parse: [] })
    const [{ title, description }] = embeds
    const [names, ours] = [
      description.slice(0, description.lastIndexOf('\n')),
      description.split('\n').at(-1),
    ]
    for (const text of [title, names]) {
      // Without what is escaped nothing is left that Discord would read as markup or as an address.
      assert.notMatch(text.replaceAll(/\\[^0-9A-Za-z\s]/g, ''), /https?:|[<>@[\]()*_~`|]/)
    }
    assert.equal(ours, '[Open \\(now\\)](https://evergrant.example/accounts/1)')
  })

  test('a bracket in our own link does not end it', ({ assert }) => {
    const { embeds } = JSON.parse(discordBody(words({ link: 'https://evergrant.example/a(b)' }), 'high'))
    assert.match(embeds[0].description, /\(https:\/\/evergrant\.example\/a%28b%29\)$/)
  })
})

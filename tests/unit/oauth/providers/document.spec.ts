/**
 * `docs/providers.md` says of each definition what the definition says itself.
 */
import { test } from '@japa/runner'
import { BUILT_IN_PROVIDERS } from '#oauth/providers/built_in'
import { GRAPH_VERSION } from '#oauth/providers/meta'
import type { Provider } from '#oauth/types'
import { readText } from '#tests/helpers/source_tree'

const PAGE = readText('docs/providers.md')
const ROWS = new Map(
  [...PAGE.matchAll(/^\| `(\w+)` +\|(.+)\|$/gm)].map(([, id, cells]) => [
    id,
    cells.split('|').map((cell) => cell.trim()),
  ])
)
const SECTIONS = new Map(
  PAGE.split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section])
)

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

function time(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, size]) => milliseconds % size === 0)!
  return `${milliseconds / length} ${unit}`
}

const PROOFS = { client_secret_basic: 'Basic', client_secret_post: 'body', none: 'none' }

function rowOf({ refresh, docs, checkedOn, ...provider }: Provider): string[] {
  const { assumedLifetime, grantLifetime, grantLifetimeFrom, supported } = refresh
  const encoding = provider.basicEncoding === 'raw' ? ', unencoded' : ''
  const from = grantLifetimeFrom === 'consent' ? 'consent' : 'each refresh'
  return [
    `${PROOFS[provider.clientAuth]}${encoding}${provider.publicClientAuth ? '; public: body' : ''}`,
    assumedLifetime === null ? 'as answered' : time(assumedLifetime),
    supported ? time(refresh.margin) : '–',
    grantLifetime === null ? '–' : `${time(grantLifetime)} from ${from}`,
    supported ? `${refresh.rotation} · ${refresh.reuse}` : 'no refresh',
    `[${checkedOn}](${docs})`,
  ]
}

test.group('The page about providers', () => {
  test('has a row for each built-in provider and for no other', ({ assert }) => {
    assert.sameMembers(
      [...ROWS.keys()],
      BUILT_IN_PROVIDERS.map(({ id }) => id)
    )
  })

  for (const provider of BUILT_IN_PROVIDERS) {
    test(`says of ${provider.id} what its definition says`, ({ assert }) => {
      assert.deepEqual(ROWS.get(provider.id), rowOf(provider))
      const section = SECTIONS.get(provider.name) ?? ''
      const face = /A face of (\w+),/.exec(section)?.[1]
      const told = `${section}${face ? SECTIONS.get(face) : ''}`
      for (const quirk of provider.quirks) assert.include(told, `- ${quirk}\n`)
      for (const scope of provider.scopes) assert.include(section, `\`${scope}\``)
      assert.include(told, `<${provider.console}>`)
    })
  }

  test('names the version of the Graph API that holds without configuration', ({ assert }) => {
    assert.include(PAGE, `unset, it is ${GRAPH_VERSION}.`)
  })
})

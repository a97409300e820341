/** What commands say to people in each language; what programs read is alike in all. */
import { test } from '@japa/runner'
import stringWidth from 'string-width'
import { engineFixture, type EngineFixture } from '#tests/helpers/engine_fixture'
import { aceHere, lendToCommands } from '#tests/helpers/in_process_ace'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'

type Language = 'fr' | 'ja'

/** Words without which English makes no sentence. */
const ENGLISH = /\b(the|is|are|of|to|at|not|and|was|can|be|with|this|there|until|yet|no|would|must)\b/i

test.group('The languages of commands', (group) => {
  group.each.timeout(60_000)
  let fixture: EngineFixture
  let ids: { ana: string; dead: string; paused: string }
  group.each.setup(async ({ context }) => {
    fixture = await engineFixture('sqlite', (work) => context.cleanup(work))
    await lendToCommands((work) => context.cleanup(work), 'sqlite', fixture.engine)
    const far = { next_refresh_at: NOW + HOUR, token_expires_at: NOW + 2 * HOUR }
    ids = {
      ana: await fixture.connect('ana'),
      dead: await fixture.connect('dead', { username: '日本語のとても長い名前の人がここにいます' }),
      paused: await fixture.connect('paused', { ...far, paused_at: NOW }),
    }
    await fixture.update(ids.dead, { refresh_token: 'nonsense' })
  })

  const said = async (name: string, ...args: string[]) => {
    const { stdout, stderr } = await aceHere(name, ...args)
    return stdout + stderr
  }

  /** Each with what it must say, so that the word is there and not merely no English. */
  const commands = (): [string[], Record<Language, RegExp[]>][] => [
    [
      ['token:refresh', '--dry-run'],
      {
        fr: [/^Serait renouvelé /m, /^Total 2\u202f: 2 seraient renouvelés, 0 ignoré \(\d,\d s\)$/m],
        ja: [/^更新予定 /m, /^合計2件：2件更新予定、0件スキップ（\d\.\d秒）$/m],
      },
    ],
    [
      ['token:refresh'],
      {
        fr: [/valable jusqu’au \d\d\/\d\d\/\d{4} \d\d:\d\d UTC/, /^Échec /m, /1 réussite, 1 échec, 0 ignoré/],
        ja: [/UTCまで有効/, /^失敗 /m, /1件成功、1件失敗、0件スキップ/],
      },
    ],
    [
      ['token:validate', ids.ana, ids.dead, ids.paused],
      {
        fr: [/^Non valide /m, /paused\u202f: Quelqu’un a mis/, / sur 3$/m],
        ja: [/^無効 /m, /paused：/, /^3件中\d件を利用できます$/m],
      },
    ],
    [['token:verify'], { fr: [/^Total 2\u202f: 0 valide, .* 2 non testés/m], ja: [/^合計2件：正常0件、/m] }],
    [
      ['connection:list'],
      {
        fr: [/propriétaire .*fin du jeton/, /En pause/, /3 connexions/],
        ja: [/所有者 .*トークンの期限/, /停止中/, /接続3件/],
      },
    ],
    [['connection:show', ids.ana], { fr: [/^Derniers renouvellements$/m], ja: [/^最近の更新$/m] }],
    [['connection:show', ids.paused], { fr: [/Aucun renouvellement/], ja: [/更新はまだありません/] }],
    [['doctor'], { fr: [/Base de données/], ja: [/データベース/] }],
  ]

  for (const language of ['fr', 'ja'] as const) {
    test(`no command says anything in English with --lang=${language}`, async ({ assert }) => {
      for (const [[name, ...args], expected] of commands()) {
        const text = await said(name, ...args, `--lang=${language}`)
        for (const words of expected[language]) assert.match(text, words)
        assert.notMatch(text, ENGLISH, name)
      }
    })
  }

  test('English is what they speak unless told, with codes as they are', async ({ assert }) => {
    const dry = await said('token:refresh', '--dry-run')
    assert.match(dry, /^would_refresh +acme +\S+ ana {2}due$/m)
    assert.match(dry, /^Total 2: 2 would be refreshed, 0 skipped \(\d\.\d s\)$/m)
    assert.match(await said('token:refresh'), /^refreshed {5}acme {7}\S+ ana {2}valid until \d{4}-\S+Z$/m)
    const listed = await said('connection:list', '--lang=en')
    assert.match(listed, /^id +provider +account +owner +health +status +token expires +next refresh$/m)
    assert.match(listed, / paused +connected +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /)
    for (const [[name, ...args]] of commands().filter(([[one]]) => /validate|doctor/.test(one)))
      assert.match(await said(name, ...args), ENGLISH, name)
  })

  test('JSON is alike in every language', async ({ assert }) => {
    const json = async (name: string, ...args: string[]) => {
      const { stdout } = await aceHere(name, '--json', ...args)
      // How long it took and how much room is left differ from one time to the next.
      return stdout.replace(/\d+/g, '0')
    }
    const alike = [
      ['token:refresh', '--dry-run'],
      ['connection:list'],
      ['connection:show', ids.ana],
      ['doctor'],
    ]
    for (const [name, ...args] of [...alike, ['token:validate', ids.paused]]) {
      const english = await json(name, ...args)
      assert.isObject(JSON.parse(english))
      assert.equal(await json(name, ...args, '--lang=ja'), english, name)
    }
  })

  test('columns stay below each other where letters are wide', async ({ assert }) => {
    const { stdout } = await aceHere('connection:list', '--lang=ja')
    const lines = stdout.trimEnd().split('\n')
    const places = lines.map((line) => stringWidth(line.slice(0, line.search(/connected|状態/))))
    assert.lengthOf(places, 4)
    assert.lengthOf([...new Set(places)], 1)
    assert.match(stdout, /日本語のとても長い… /)
  })

  test('what is wrong with the flags is said in the language, too', async ({ assert }) => {
    const wrong: [string[], RegExp][] = [
      [['token:refresh', '--provider=nobody'], /Le fournisseur «\u202fnobody\u202f» n’existe pas/],
      [['token:refresh', '--filter=colour:red'], /Le qualificatif «\u202fcolour\u202f» n’existe pas/],
      [['token:refresh', '--due-within=soon'], /une durée comme 30m/],
      [['token:refresh', '--concurrency=0'], /un nombre entier de 1 à 1000/],
      [['token:refresh', '--dry-run', '--simulate'], /soit --dry-run/],
      [['token:refresh', '--report=x.pdf'], /se terminer par \.json/],
      [['token:verify', 'nonsense'], /n’a pas de connexion nonsense/],
      [['connection:list', '--status=fine'], /L’état «\u202ffine\u202f» n’existe pas/],
      [['connection:list', '--organization=nobody'], /L’organisation «\u202fnobody\u202f» n’existe pas/],
      [['connection:show', 'nonsense'], /n’a pas de connexion nonsense/],
      [['doctor', '--organization=main'], /toute l’installation/],
    ]
    for (const [[name, ...args], words] of wrong) {
      const { code, stdout, stderr } = await aceHere(name, ...args, '--lang=fr')
      assert.deepEqual([code, stdout], [2, ''], `${name} ${args.join(' ')}`)
      assert.match(stderr, words)
      assert.notMatch(stderr, ENGLISH)
    }
  })

  test('a language that is not there is bad usage', async ({ assert }) => {
    for (const [[name, ...args]] of commands()) {
      const { code, stdout, stderr } = await aceHere(name, ...args, '--lang=de')
      assert.deepEqual(
        [code, stdout, stderr],
        [2, '', 'There is no language "de". These exist: en, fr, ja.\n']
      )
    }
  })
})

import { test } from '@japa/runner'
import { ownPath, safeReturnTo } from '#validators/return_to'

const OURS = [
  '/accounts',
  '/accounts?status=reconnect&provider=twitch&q=a+b',
  '/accounts?q=%2F%2Fevil.example',
  '/accounts?cursor=bi4xNzk1.x_-y',
  '/accounts/01a1fc8e-d19e-714a-a81b-0478fb709bf6',
  '/accounts/connect#missing',
  '/',
]

const HOSTILE: unknown[] = [
  undefined,
  null,
  '',
  42,
  {},
  ['/accounts'],
  ['//evil.example'],
  { toString: () => '/accounts' },
  'accounts',
  'evil.example',
  '?q=1',
  '#accounts',
  '.',
  '..',
  './accounts',
  '../accounts',
  'http://evil.example',
  'https://evil.example/accounts',
  'HTTPS://EVIL.EXAMPLE',
  'https:evil.example',
  'https:/evil.example',
  'https:\\\\evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'mailto:a@evil.example',
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '//evil.example/..',
  '//user@evil.example',
  '//@evil.example',
  '//[::1]/',
  '/\\evil.example',
  '/\\/evil.example',
  '\\/evil.example',
  '\\\\evil.example',
  '\\evil.example',
  '/accounts\\..\\evil',
  '/accounts\\@evil.example',
  '/accounts//evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/./accounts',
  '/accounts/../../evil',
  '/accounts/..',
  '/%2f%2fevil.example',
  '/%2F/evil.example',
  '/%5cevil.example',
  '/%5C%5Cevil.example',
  '/accounts%2f..%2fevil',
  '/%252f%252fevil.example',
  '/%09/evil.example',
  '/%0a/evil.example',
  '/%0d%0aLocation:%20//evil.example',
  '/%00',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r/evil.example',
  '\t//evil.example',
  ' /accounts',
  ' //evil.example',
  '/accounts ',
  '/acc ounts',
  '/\u0000/evil.example',
  '/\u00a0/evil.example',
  '/\u2028/evil.example',
  '/\u200b/evil.example',
  '/\uff0fevil.example',
  '/\u2215evil.example',
  '/\u2044evil.example',
  '\uff0f\uff0fevil.example',
  '/\uff3cevil.example',
  '/\u29f5evil.example',
  '/evil\u3002example',
  '/é',
  '/\ud800',
  `/${'a'.repeat(3000)}`,
]

/** Our own, but no place to go after signing in. */
const IN_AND_OUT = ['/login', '/login?return_to=//evil.example', '/login#top', '/logout']

test.group('Where to go after signing in', () => {
  test('a path of our own is kept: {$self}')
    .with(OURS)
    .run(({ assert }, value) => {
      assert.equal(safeReturnTo(value), value)
      assert.equal(new URL(value, 'https://ours.example').origin, 'https://ours.example')
    })

  test('everything else falls back: {$i}')
    .with([...HOSTILE, ...IN_AND_OUT])
    .run(({ assert }, value) => {
      assert.equal(safeReturnTo(value), '/accounts')
      assert.equal(safeReturnTo(value, '/elsewhere'), '/elsewhere')
    })

  test('who changes the language stays on any page of ours: {$self}')
    .with([...OURS, ...IN_AND_OUT])
    .run(({ assert }, value) => {
      assert.equal(ownPath(value, '/'), value)
    })

  test('and goes nowhere else: {$i}')
    .with(HOSTILE)
    .run(({ assert }, value) => {
      assert.equal(ownPath(value, '/'), '/')
    })

  test('the table of hostile values is long enough', ({ assert }) => {
    assert.isAtLeast(HOSTILE.length, 60)
  })
})

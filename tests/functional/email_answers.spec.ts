import { test } from '@japa/runner'
import { ANA, CREDENTIALS, emailTo, letterMessage } from '#tests/helpers/email_fixture'
import {
  startBrokenServer,
  startMailServer,
  type MailBehaviour,
  type TestMailServer,
} from '#tests/helpers/receivers/mail_server'

test.group('Answers of mail servers', () => {
  const later = { type: 'later', retryAfter: null }
  const refused = { type: 'refused', alarm: false }

  const cases: [string, MailBehaviour['refuse'], Record<string, unknown>][] = [
    ['greylisting', { rcpt: [451, '4.7.1 Try again'] }, { ...later, status: 451, code: 'smtp_4.7.1' }],
    ['a full mailbox', { rcpt: [452, '4.2.2 Mailbox full'] }, { ...later, status: 452, code: 'smtp_4.2.2' }],
    ['a busy server', { data: [421, 'Closing'] }, { ...later, status: 421, code: 'smtp_421' }],
    [
      'an unknown person',
      { rcpt: [550, '5.1.1 No such user'] },
      { ...refused, status: 550, code: 'no_such_mailbox' },
    ],
    [
      'an unknown person, briefly',
      { rcpt: [550, 'Who?'] },
      { ...refused, status: 550, code: 'no_such_mailbox' },
    ],
    ['a policy', { data: [554, '5.7.1 Spam'] }, { ...refused, status: 554, code: 'smtp_5.7.1' }],
    [
      'a sender that it does not take',
      { mail: [553, '5.7.1 Not you'] },
      { ...later, status: 553, code: 'sender_refused', alarm: true },
    ],
  ]

  test('{0}')
    .with(cases.map(([name, refuse, expected]) => ({ 0: name, refuse, expected })))
    .run(async ({ assert, cleanup }, { refuse, expected }) => {
      const server = await startMailServer({ refuse })
      cleanup(() => server.close())
      const receipt = await (await emailTo(server)).send(letterMessage(), ANA)
      assert.deepInclude(receipt, expected)
      assert.match(receipt.answer ?? '', /^\d{3} /)
      assert.lengthOf(server.letters, 0)
    })

  test('wrong credentials wait for an operator, who hears of it', async ({ assert, cleanup }) => {
    const server: TestMailServer = await startMailServer({ credentials: CREDENTIALS })
    cleanup(() => server.close())
    const email = await emailTo(server, { auth: { type: 'login', user: 'evergrant', pass: 'wrong' } })
    const receipt = await email.send(letterMessage(), ANA)
    assert.deepInclude(receipt, { ...later, alarm: true, status: 535, code: 'authentication' })
    assert.notInclude(JSON.stringify(receipt), 'wrong"')
    server.behaviour.refuse = { auth: [454, '4.7.0 Try later'] }
    assert.deepInclude(await email.send(letterMessage(), ANA), {
      ...later,
      alarm: false,
      status: 454,
      code: 'authentication',
    })
  })

  test('a server that says nothing, and one that never says whether it took the letter', async ({
    assert,
    cleanup,
  }) => {
    const silent = await startBrokenServer(() => {})
    cleanup(() => silent.close())
    const timeout = { ...later, status: null, code: 'timeout' }
    assert.deepInclude(await (await emailTo(silent, { timeout: 60 })).send(letterMessage(), ANA), timeout)
    const undecided = await startMailServer({ hangs: true })
    cleanup(() => undecided.close())
    assert.deepInclude(await (await emailTo(undecided, { timeout: 400 })).send(letterMessage(), ANA), timeout)
  })

  test('one that hangs up, one that talks nonsense, one that is not there', async ({ assert, cleanup }) => {
    const dropping = await startBrokenServer((socket) => socket.destroy())
    cleanup(() => dropping.close())
    assert.deepInclude(await (await emailTo(dropping)).send(letterMessage(), ANA), {
      ...later,
      status: null,
      code: 'connection',
    })
    const strange = await startBrokenServer((socket) => socket.write('HTTP/1.1 200 OK\r\n'))
    cleanup(() => strange.close())
    assert.deepInclude(await (await emailTo(strange)).send(letterMessage(), ANA), {
      ...later,
      status: null,
      code: 'protocol',
    })
    const gone = await startBrokenServer(() => {})
    await gone.close()
    assert.deepInclude(await (await emailTo(gone)).send(letterMessage(), ANA), {
      ...later,
      status: null,
      code: 'connection',
    })
  })
})

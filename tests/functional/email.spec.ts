import { test } from '@japa/runner'
import { mailServerOf } from '#config/mail'
import type { Message } from '#notifications/types'
import { ANA, APP_URL, CREDENTIALS, emailTo, letterMessage } from '#tests/helpers/email_fixture'
import { readLetter } from '#tests/helpers/read_letter'
import { startMailServer } from '#tests/helpers/receivers/mail_server'

test.group('Letters', () => {
  async function sent(
    cleanup: (close: () => Promise<void>) => void,
    one: Message,
    receiver: { kind: 'email'; address: string; name: string | null } = ANA
  ) {
    const server = await startMailServer({ credentials: CREDENTIALS })
    cleanup(() => server.close())
    const email = await emailTo(server, { auth: { type: 'login', ...CREDENTIALS } })
    const receipt = await email.send(one, receiver)
    return { server, email, receipt, letter: readLetter(server.letters[0]?.raw ?? '') }
  }

  test('text and HTML arrive, with the link, the button and why one gets this', async ({
    assert,
    cleanup,
  }) => {
    const { server, receipt, letter } = await sent(cleanup, letterMessage())
    assert.deepEqual(receipt, { type: 'delivered', status: 250, code: null, answer: '250 2.0.0 Taken' })
    assert.deepEqual(server.letters[0].to, ['ana@example.org'])
    assert.equal(server.letters[0].from, 'bot@grants.example')
    const link = `${APP_URL}/accounts/0190-0/reconnect`
    assert.include(letter.text, link)
    assert.include(letter.text, 'The access that you gave for Ana at Acme has ended.')
    assert.include(letter.html, `<a href="${link}"`.slice(3))
    assert.include(letter.html, 'Reconnect')
    assert.include(letter.html, 'Urgent')
    for (const part of [letter.text, letter.html]) {
      assert.include(part, 'a rule of Guild on Evergrant')
      assert.include(part, `${APP_URL}/alerts`)
      assert.notInclude(part, 'invalid_grant')
    }
  })

  test('its headers name the message, keep robots from answering and say how to stop it', async ({
    assert,
    cleanup,
  }) => {
    const { headers } = (await sent(cleanup, letterMessage())).letter
    assert.equal(headers['subject'], 'Reconnect needed: Ana (Acme)')
    assert.equal(headers['from'], 'Evergrant <bot@grants.example>')
    assert.equal(headers['to'], 'Ana López <ana@example.org>')
    assert.equal(headers['message-id'], '<0190aaaa-delivery@grants.example>')
    assert.equal(headers['auto-submitted'], 'auto-generated')
    assert.equal(headers['list-unsubscribe'], `<${APP_URL}/alerts>`)
    assert.equal(headers['x-priority'], '1 (Highest)')
  })

  test('every language arrives as it was written, subject and both parts', async ({ assert, cleanup }) => {
    const japanese = (await sent(cleanup, letterMessage({ locale: 'ja', timeZone: 'Asia/Tokyo' }, '花子')))
      .letter
    assert.equal(japanese.headers['subject'], '再接続が必要です：花子（Acme）')
    assert.include(japanese.text, 'チャンネルを再接続すると、再び利用できます。')
    assert.include(japanese.html, '再接続する')
    assert.include(japanese.html, '<html lang="ja">')
    const french = (await sent(cleanup, letterMessage({ locale: 'fr' }))).letter
    assert.equal(french.headers['subject'], 'Reconnexion nécessaire\u202f: Ana (Acme)')
    assert.include(french.text, 'L’accès que vous avez donné sur Acme pour Ana a pris fin.')
  })

  test('a repeated attempt is the same letter', async ({ assert, cleanup }) => {
    const { server, email } = await sent(cleanup, letterMessage())
    await email.send(letterMessage(), ANA)
    const [first, second] = server.letters.map(({ raw }) => readLetter(raw))
    assert.equal(second.headers['message-id'], first.headers['message-id'])
    assert.equal(second.text, first.text)
    assert.equal(second.html, first.html)
  })

  test('names write neither headers nor HTML', async ({ assert, cleanup }) => {
    const hostile = 'Ana\r\nBcc: eve@example.org\r\n\r\n<img src=x onerror=alert(1)>'
    const receiver = { kind: 'email', address: 'ana@example.org', name: hostile } as const
    const one = letterMessage({ organizationName: hostile }, hostile)
    const { server, letter } = await sent(cleanup, one, receiver)
    assert.deepEqual(server.letters[0].to, ['ana@example.org'])
    assert.notProperty(letter.headers, 'bcc')
    assert.notInclude(letter.html, '<img')
    assert.include(letter.html, '&lt;img')
  })

  test('what is no single address is refused before anybody is asked', async ({ assert, cleanup }) => {
    const { server, email } = await sent(cleanup, letterMessage())
    for (const address of ['a@b, c@d', 'a@b\r\nBcc: c@d', '<a@b>', 'Ana <a@b>', 'nobody', '']) {
      const receipt = await email.send(letterMessage(), { kind: 'email', address, name: null })
      assert.deepInclude(receipt, { type: 'refused', code: 'bad_address', alarm: false })
    }
    assert.lengthOf(server.letters, 1)
  })

  test('without a mail server nothing is tried', async ({ assert }) => {
    const email = await emailTo(null)
    assert.deepInclude(await email.send(letterMessage(), ANA), {
      type: 'refused',
      code: 'not_configured',
      alarm: false,
    })
  })

  test('the address of the mail server is checked, and never repeated', async ({ assert }) => {
    assert.equal(mailServerOf('smtps://user:p%40ss@mail.example.org:465').hostname, 'mail.example.org')
    for (const text of [
      'mail.example.org',
      'https://user:hunter2@mail.example.org',
      'smtp://user:hunter2@',
      'smtp://[hunter2',
    ]) {
      let words = ''
      try {
        mailServerOf(text)
      } catch (error) {
        words = String(error) + JSON.stringify(error)
      }
      assert.include(words, 'SMTP_URL is no mail server')
      assert.notInclude(words, 'hunter2')
    }
  })
})

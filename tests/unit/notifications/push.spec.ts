import { createECDH } from 'node:crypto'
import { test } from '@japa/runner'
import webPush from 'web-push'
import { judgePushAnswer } from '#notifications/push_answer'
import { deviceName } from '#notifications/push_device'
import { vapidSubject, vapidTrouble } from '#notifications/push_identity'
import { PAYLOAD_LIMIT, pushPayload } from '#notifications/push_payload'
import { checkSubscription } from '#notifications/push_subscription'
import type { Words } from '#notifications/types'
import { Secret } from '#oauth/secret'
import type { Exchange } from '#oauth/types'

const NOW = Date.UTC(2026, 2, 1, 12)

function answer(status: number, headers: Record<string, string> = {}, body = ''): Exchange {
  return { ok: true, status, headers: new Headers(headers), body, receivedAt: NOW }
}

function noAnswer(code: string): Exchange {
  return { ok: false, sent: false, code, description: null, receivedAt: NOW }
}

const judge = (exchange: Exchange) => judgePushAnswer(exchange, [])

test.group('Push: what an answer means', () => {
  test('{status} is {type}')
    .with([
      { status: 200, type: 'delivered', code: null },
      { status: 201, type: 'delivered', code: null },
      { status: 202, type: 'delivered', code: null },
      { status: 404, type: 'gone', code: 'subscription_gone' },
      { status: 410, type: 'gone', code: 'subscription_gone' },
      { status: 413, type: 'refused', code: 'too_large' },
      { status: 302, type: 'refused', code: 'redirected' },
      { status: 418, type: 'refused', code: 'unexpected_answer' },
      { status: 406, type: 'later', code: 'rate_limited' },
      { status: 429, type: 'later', code: 'rate_limited' },
      { status: 500, type: 'later', code: 'unavailable' },
      { status: 503, type: 'later', code: 'unavailable' },
    ])
    .run(({ assert }, { status, type, code }) => {
      const receipt = judge(answer(status))
      assert.deepInclude(receipt, { type, code, status })
      assert.notInclude(receipt, { alarm: true })
    })

  test('a refused key and a refused request are our fault: {$self}')
    .with([400, 401, 403])
    .run(({ assert }, status) => {
      assert.deepInclude(judge(answer(status)), { type: 'refused', alarm: true })
    })

  test('the service says when, in seconds or as a date, within a second and a day', ({ assert }) => {
    const wait = (header: string) => {
      const receipt = judge(answer(429, { 'Retry-After': header }))
      return receipt.type === 'later' ? receipt.retryAfter : undefined
    }
    assert.equal(wait('120'), 120_000)
    assert.equal(wait(new Date(NOW + 60_000).toUTCString()), 60_000)
    assert.equal(wait('-5'), 1_000)
    assert.equal(wait('99999999'), 86_400_000)
    assert.isNull(wait('soon'))
  })

  test('who cannot be reached is tried again; an address that we do not send to is not', ({ assert }) => {
    for (const code of ['timeout', 'dns', 'connection_refused', 'connection_reset', 'tls', 'shutting_down'])
      assert.deepInclude(judge(noAnswer(code)), { type: 'later', code }, code)
    for (const code of ['address_refused', 'insecure_url', 'invalid_request'])
      assert.deepInclude(judge(noAnswer(code)), { type: 'refused', alarm: false, code }, code)
  })

  test('what is kept of an answer is short and holds no part of the address', ({ assert }) => {
    const secret = '/push/fE1x-Zq9sUbscription0123456789'
    const body = `no such thing: ${secret}\u0007\u202e ${'word '.repeat(400)}`
    const { answer: kept } = judgePushAnswer(answer(400, {}, body), [new Secret(secret)])
    assert.isAtMost(kept!.length, 500)
    assert.include(kept!, 'no such thing: [secret]')
    for (const part of ['fE1x', '\u0007', '\u202e']) assert.notInclude(kept!, part)
  })
})

test.group('Push: the payload', () => {
  const link = 'https://evergrant.example/accounts/1'
  const words = (body: string, lines: string[] = [], title = 'Reconnect Ana'): Words => ({
    title,
    body,
    lines,
    link,
    action: 'Reconnect',
  })
  const read = (value: Words) => {
    const text = pushPayload({ id: 'm-1' }, value)
    assertFits(text)
    return JSON.parse(text) as Record<string, string>
  }
  function assertFits(text: string) {
    if (Buffer.byteLength(text) > PAYLOAD_LIMIT) throw new Error(`${Buffer.byteLength(text)} bytes`)
  }

  test('a short message goes as it is', ({ assert }) => {
    assert.deepEqual(read(words('The grant is dead.', ['Ana', 'Ben'])), {
      title: 'Reconnect Ana',
      body: 'The grant is dead.\nAna\nBen',
      link,
      id: 'm-1',
      tag: 'm-1',
    })
  })

  test('what is too long loses its last lines first', ({ assert }) => {
    const lines = Array.from({ length: 200 }, (_, index) => `アカウント ${index} が切断されました`)
    const { body, link: kept } = read(words('再接続が必要です。', lines))
    assert.isTrue(body.startsWith('再接続が必要です。\nアカウント 0 '))
    assert.isTrue(body.endsWith('\n…'))
    assert.isAbove(body.split('\n').length, 40)
    assert.equal(kept, link)
  })

  test('a body that is too long is cut between characters; title and link stay', ({ assert }) => {
    for (const filler of ['x', 'é', '😀', '"', '\\', '\u0001']) {
      const payload = read(words(filler.repeat(5_000)))
      assert.isTrue(payload.body.endsWith('…'), filler)
      assert.isTrue(payload.body.isWellFormed(), filler)
      assert.deepInclude(payload, { title: 'Reconnect Ana', link })
    }
  })

  test('the longest body that fits is not cut, and one character more is', ({ assert }) => {
    const room = PAYLOAD_LIMIT - Buffer.byteLength(pushPayload({ id: 'm-1' }, words('')))
    assert.lengthOf(read(words('x'.repeat(room))).body, room)
    assert.isTrue(read(words('x'.repeat(room + 1))).body.endsWith('x…'))
  })

  test('a title of any length leaves room', ({ assert }) => {
    const { title, body } = read(words('The grant is dead.', [], '😀'.repeat(3_000)))
    assert.isTrue(title.endsWith('…') && title.isWellFormed())
    assert.equal(body, 'The grant is dead.')
  })
})

test.group('Push: keys', () => {
  const pair = webPush.generateVAPIDKeys()
  const trouble = (publicKey: string, privateKey: string) =>
    vapidTrouble({ publicKey, privateKey: new Secret(privateKey) })

  test('one pair is well, two halves of two pairs are not', ({ assert }) => {
    const other = webPush.generateVAPIDKeys()
    assert.isNull(trouble(pair.publicKey, pair.privateKey))
    assert.equal(trouble(pair.publicKey, other.privateKey), 'mismatched')
    assert.equal(trouble('', ''), 'missing')
  })

  test('what is no key is told as such', ({ assert }) => {
    for (const [publicKey, privateKey] of [
      [pair.publicKey, ''],
      ['', pair.privateKey],
      [pair.privateKey, pair.publicKey],
      [`${pair.publicKey}=`, pair.privateKey],
      [pair.publicKey, Buffer.alloc(32).toString('base64url')],
      [pair.publicKey, Buffer.alloc(32, 255).toString('base64url')],
    ])
      assert.equal(trouble(publicKey, privateKey), 'malformed', `${publicKey.length} ${privateKey.length}`)
  })

  test('push services can write to somebody', ({ assert }) => {
    assert.equal(vapidSubject('https://evergrant.example/x', 'a@b.example'), 'https://evergrant.example')
    assert.equal(vapidSubject('http://127.0.0.1:3333', 'Ops <ops@b.example>'), 'mailto:ops@b.example')
    assert.equal(vapidSubject('https://localhost:3333', 'ops@b.example'), 'mailto:ops@b.example')
    assert.equal(vapidSubject('http://evergrant.lan', ''), 'mailto:evergrant@evergrant.lan')
  })
})

test.group('Push: subscriptions', () => {
  const curve = createECDH('prime256v1')
  const p256dh = curve.generateKeys('base64url')
  const auth = Buffer.alloc(16, 7).toString('base64url')
  const endpoint = 'https://push.example/send/abc'
  const check = (values: object, allowPrivate = false) =>
    checkSubscription({ endpoint, p256dh, auth, ...values }, { allowPrivate })

  test('what a browser tells is taken, padded or in the other alphabet, too', ({ assert }) => {
    const subscription = { endpoint, p256dh, auth }
    assert.deepEqual(check({}), { ok: true, subscription })
    const odd = p256dh.replaceAll('-', '+').replaceAll('_', '/')
    assert.deepEqual(check({ p256dh: `${odd}=`, auth: `${auth}==` }), { ok: true, subscription })
  })

  test('an endpoint must be https and public: {$self}')
    .with([
      ...['', 'push.example', 'http://push.example/a', 'ftp://push.example/a', 'javascript:alert(1)'],
      ...['https://127.0.0.1/a', 'https://[::1]/a', 'https://localhost/a', 'https://169.254.169.254/latest'],
      ...[
        'https://10.1.2.3/a',
        'https://user:pass@push.example/a',
        `https://push.example/${'a'.repeat(2048)}`,
      ],
    ])
    .run(({ assert }, wrong) => assert.isFalse(check({ endpoint: wrong }).ok))

  test('for tests a loopback service may be allowed', ({ assert }) => {
    assert.isTrue(check({ endpoint: 'http://127.0.0.1:9999/push/1' }, true).ok)
    assert.isFalse(check({ endpoint: 'file:///etc/passwd' }, true).ok)
  })

  test('keys must be a point of the curve and 16 bytes', ({ assert }) => {
    const point = Buffer.from(p256dh, 'base64url')
    const offCurve = Buffer.from(point)
    offCurve[64] ^= 1
    const compressed = curve.getPublicKey('base64url', 'compressed')
    for (const wrong of ['', 'AAAA', compressed, offCurve.toString('base64url'), point.toString('hex')])
      assert.isFalse(check({ p256dh: wrong }).ok, wrong)
    for (const wrong of [
      '',
      'AAAA',
      Buffer.alloc(15).toString('base64url'),
      Buffer.alloc(17).toString('base64url'),
    ])
      assert.isFalse(check({ auth: wrong }).ok, wrong)
  })
})

test.group('Push: names of devices', () => {
  const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
  const iPhone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'

  test('{name}')
    .with([
      {
        name: 'Firefox on Windows',
        agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      },
      {
        name: 'Chrome on Linux',
        agent: `Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/140.0.0.0 Safari/537.36`,
      },
      {
        name: 'Edge on Windows',
        agent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
      },
      {
        name: 'Samsung Internet on Android',
        agent: `Mozilla/5.0 (Linux; Android 14; SM-S918B) ${webKit} SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36`,
      },
      {
        name: 'Opera on macOS',
        agent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Chrome/140.0 Safari/537.36 OPR/110.0`,
      },
      {
        name: 'Safari on macOS',
        agent:
          'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
      },
      { name: 'Safari on iPhone', agent: `${iPhone} Version/17.4 Mobile/15E148 Safari/604.1` },
      { name: 'Home Screen app on iPhone', agent: `${iPhone} Mobile/15E148` },
      { name: 'A browser on Linux', agent: 'Something/1.0 (X11; Linux)' },
      { name: 'Unknown browser', agent: '<script>alert(1)</script>' },
    ])
    .run(({ assert }, { name, agent }) => assert.equal(deviceName(agent), name))
})

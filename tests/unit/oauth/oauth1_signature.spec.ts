import { createHmac } from 'node:crypto'
import { test } from '@japa/runner'
import { oauth1Header, oauth1Signature, signatureBaseString, type SignedCall } from '#oauth/oauth1_signature'
import { Secret } from '#oauth/secret'

/** RFC 5849 §1.2: the photo that is fetched with the token credentials. */
const photo: SignedCall = {
  method: 'GET',
  url: 'http://photos.example.net/photos?file=vacation.jpg&size=original',
  consumerKey: 'dpf43f3p2l4k3l03',
  consumerSecret: new Secret('kd94hf93k423kf44'),
  token: new Secret('nnch734d00sl2jdk'),
  tokenSecret: new Secret('pfkkdhi9sl3r4s00'),
  timestamp: 137131202,
  nonce: 'chapoH',
  version: false,
}

/** The worked example of https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature */
const post: SignedCall = {
  method: 'POST',
  url: 'https://api.x.com/1.1/statuses/update.json?include_entities=true',
  parameters: { status: 'Hello Ladies + Gentlemen, a signed OAuth request!' },
  consumerKey: 'xvz1evFS4wEEPTGEFPHBog',
  consumerSecret: new Secret('kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw'),
  token: new Secret('370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb'),
  tokenSecret: new Secret('LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE'),
  timestamp: 1318622958,
  nonce: 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
}

test.group('OAuth 1.0a signature', () => {
  test('the example of RFC 5849 §1.2 has its published signature', ({ assert }) => {
    assert.equal(oauth1Signature(photo), 'MdpQcU8iPSUjWoN/UDMsK2sui9I=')
  })

  test('a call without a token is signed with an empty token secret', ({ assert }) => {
    const call = { ...photo, token: undefined, tokenSecret: undefined }
    const base = signatureBaseString(call)
    assert.notInclude(base, 'oauth_token')
    const expected = createHmac('sha1', 'kd94hf93k423kf44&').update(base).digest('base64')
    assert.equal(oauth1Signature(call), expected)
  })

  test('the base string of the example of RFC 5849 §3.4.1.1 comes out letter by letter', ({ assert }) => {
    const base = signatureBaseString({
      method: 'post',
      url: 'http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
      parameters: { c2: '', a3: '2 q' },
      consumerKey: '9djdj82h48djs9d2',
      consumerSecret: new Secret('j49sk3j29djd'),
      token: new Secret('kkk9d7dh3k39sjv7'),
      tokenSecret: new Secret('dh893hdasih9'),
      timestamp: 137131201,
      nonce: '7d8f3e4a',
      version: false,
    })
    assert.equal(
      base,
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26' +
        'oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26' +
        'oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7'
    )
  })

  test('the worked example of X has its published base string', ({ assert }) => {
    assert.equal(
      signatureBaseString(post),
      'POST&https%3A%2F%2Fapi.x.com%2F1.1%2Fstatuses%2Fupdate.json&include_entities%3Dtrue%26' +
        'oauth_consumer_key%3Dxvz1evFS4wEEPTGEFPHBog%26oauth_nonce%3DkYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg%26' +
        'oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1318622958%26' +
        'oauth_token%3D370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb%26oauth_version%3D1.0%26' +
        'status%3DHello%2520Ladies%2520%252B%2520Gentlemen%252C%2520a%2520signed%2520OAuth%2520request%2521'
    )
  })

  test('the worked example of X has its published signature', ({ assert }) => {
    assert.equal(oauth1Signature(post), 'Ls93hJiZbQ3akF3HF3x1Bz8/zU4=')
  })

  test('the same call to the address of that time has the signature that was published then', ({
    assert,
  }) => {
    const call = { ...post, url: 'https://api.twitter.com/1.1/statuses/update.json?include_entities=true' }
    assert.equal(oauth1Signature(call), 'hCtSmYh+iHYCEqBWrE7C7hYmtUk=')
  })

  test('the header holds the encoded fields and, unsigned, the realm', ({ assert }) => {
    const header = oauth1Header({ ...photo, realm: 'Photos' })
    assert.equal(
      header,
      'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", ' +
        'oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", ' +
        'oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"'
    )
  })

  test('another nonce, time, secret or parameter makes another signature', ({ assert }) => {
    const changes: Partial<SignedCall>[] = [
      { nonce: 'chapoI' },
      { timestamp: 137131203 },
      { tokenSecret: new Secret('other') },
      { url: `${photo.url}&a=1` },
    ]
    const signatures = changes.map((change) => oauth1Signature({ ...photo, ...change }))
    assert.lengthOf(new Set([...signatures, oauth1Signature(photo)]), 5)
  })
})

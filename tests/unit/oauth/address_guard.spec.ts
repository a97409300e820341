import { test } from '@japa/runner'
import { isPrivateAddress, isPrivateHost } from '#oauth/address_guard'

const PRIVATE = [
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.0.0.8', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.7', '203.0.113.9'],
  ...['224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255', '::', '::1', '::127.0.0.1'],
  ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:0:10.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b:1::1'],
  ...['2002:7f00:1::', '2001:0:53aa::1', '2001:db8::1', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fe80::1%eth0'],
  ...['fec0::1', 'ff02::1', 'not an address', ''],
]
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '100.128.0.1',
  '172.32.0.1',
  '192.167.0.1',
  '2606:4700::1111',
  '2a00:1450::1',
]

test.group('Address guard', () => {
  test('what is not the public internet is private: {$self}')
    .with(PRIVATE)
    .run(({ assert }, address) => assert.isTrue(isPrivateAddress(address), address))

  test('a public address is public: {$self}')
    .with(PUBLIC)
    .run(({ assert }, address) => assert.isFalse(isPrivateAddress(address), address))

  test('odd spellings of a loopback host are seen through: {$self}')
    .with([
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '127.1',
      '①②⑦.⓪.⓪.①',
      'LOCALHOST',
      'a.localhost',
      'localhost.',
    ])
    .run(({ assert }, host) => assert.isTrue(isPrivateHost(new URL(`http://${host}/`).hostname), host))

  test('a name is left to the lookup of the socket', ({ assert }) => {
    assert.isFalse(isPrivateHost('id.twitch.tv'))
    assert.isFalse(isPrivateHost('localhost.example.com'))
  })
})

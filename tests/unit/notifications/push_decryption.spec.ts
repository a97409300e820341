import { test } from '@japa/runner'
import { openPush } from '#tests/helpers/receivers/push_decryption'

const bytes = (text: string) => Buffer.from(text, 'base64url')

/** The example of RFC 8291 §5. */
const BODY = bytes(
  'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz' +
    'AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN'
)
const KEYS = {
  privateKey: bytes('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94'),
  publicKey: bytes('BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'),
  auth: bytes('BTBZMqHH6r4Tts7J_aSIgg'),
}

test.group('The test receiver opens push messages', () => {
  test('the example of RFC 8291 is read as the RFC says', ({ assert }) => {
    const { text, salt } = openPush(BODY, KEYS)
    assert.equal(text, 'When I grow up, I want to be a watermelon')
    assert.equal(salt, 'DGv6ra1nlYgDCS1FRnbzlw')
  })

  test('one changed bit, or another browser, opens nothing', ({ assert }) => {
    const changed = Buffer.from(BODY)
    changed[120] ^= 1
    assert.throws(() => openPush(changed, KEYS))
    assert.throws(() => openPush(BODY, { ...KEYS, auth: bytes('BTBZMqHH6r4Tts7J_aSIgQ') }))
  })
})

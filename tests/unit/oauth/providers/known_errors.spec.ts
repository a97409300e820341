/**
 * What the codes of providers tell a person: each entry is one that the simulator's dialects can bring about, and stands
 * for one meaning.
 */
import { test } from '@japa/runner'
import { classifyFailure } from '#oauth/classify_failure'
import { knownError } from '#oauth/known_error'
import type { KnownError, Provider } from '#oauth/types'
import { DIALECTS } from '#simulator/dialects/index'
import { answered, provider as aProvider } from '../helpers.js'
import { builtIn, IDS } from './helpers.js'

const nameOf = ({ class: kind, code, message, as }: KnownError) => `${as} (${kind} ${message ?? code})`

/** The entries of a provider that an answer of its dialect leads to, each as it is kept and read again. */
function reached(provider: Provider): Set<KnownError> {
  const failures = DIALECTS.filter(({ serves }) => serves.includes(provider.id)).flatMap(
    (one) => one.failures
  )
  const places = failures.flatMap((failure) =>
    failure.at.map((at) => ({ failure, place: at === 'token' ? ('token' as const) : ('account' as const) }))
  )
  const found = places.map(({ failure: { status, body, headers }, place }) => {
    const sent = { 'content-type': 'application/json', ...(headers as Record<string, string> | undefined) }
    const { class: kind, code, description } = classifyFailure(provider, answered(status, body, sent), place)
    return knownError(provider, { class: kind, code, message: description })
  })
  return new Set(found.filter((known) => known !== null))
}

test.group('Known errors of providers', () => {
  for (const id of IDS.filter((one) => builtIn(one).knownErrors.length > 0)) {
    test(`${id}: the simulator can bring about every entry`, ({ assert }) => {
      const provider = builtIn(id)
      const found = reached(provider)
      const missed = provider.knownErrors.filter((known) => !found.has(known))
      assert.deepEqual(missed.map(nameOf), [])
    })
  }

  test('the first entry counts; a code stands for its finer ones, but not for another class', ({
    assert,
  }) => {
    const provider = aProvider({
      knownErrors: [
        { class: 'rejected', code: '190/458', as: 'removed' },
        { class: 'rejected', code: '190', as: 'ended' },
      ],
    })
    const told = (kind: string, code: string | null) =>
      knownError(provider, { class: kind, code, message: null })?.as ?? null
    assert.equal(told('rejected', '190/458'), 'removed')
    assert.equal(told('rejected', '190/999'), 'ended')
    assert.equal(told('rejected', '190'), 'ended')
    assert.isNull(told('rejected', '1901'))
    assert.isNull(told('locked', '190/458'))
    assert.isNull(told('rejected', null))
    assert.isNull(knownError(null, { class: 'rejected', code: '190', message: null }))
  })

  test('a definition based on another speaks with its words', ({ assert }) => {
    assert.deepEqual(builtIn('gmail').knownErrors, builtIn('google').knownErrors)
    assert.deepEqual(builtIn('slack_user').knownErrors, builtIn('slack').knownErrors)
  })

  test('the finer code is kept where the definition tells such apart, and nowhere else', ({ assert }) => {
    const body = { error: { message: 'words', code: 190, error_subcode: 458 } }
    assert.equal(classifyFailure(builtIn('meta'), answered(400, body)).code, '190/458')
    assert.equal(classifyFailure(builtIn('twitch'), answered(400, body)).code, '190')
  })
})

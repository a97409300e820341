import { test } from '@japa/runner'
import { OPEN_GATE, signal, take, type GateState } from '#token_refresh/client_gate'
import { gateNews } from '#token_refresh/gate_events'
import type { FailureClass } from '#oauth/types'
import { MINUTE, NOW } from '#tests/helpers/refresh_fixtures'

const FREE = { perSecond: null, concurrency: null }
const timing = {
  rateLimitWait: MINUTE,
  configurationProbe: 5 * MINUTE,
  breakerFailures: 1,
  breakerProbe: MINUTE,
  probePatience: MINUTE,
}

/** The gate after these answers, each of them to a probe where the gate is closed. */
function after(...answers: (FailureClass | 'success')[]): GateState {
  let gate = OPEN_GATE
  let at = NOW
  for (const kind of answers) {
    const probe = gate.flow !== 'open' && gate.reason !== 'rate_limited'
    gate = take(gate, FREE, timing, at, { count: 1, probe })
    gate = signal(gate, { class: kind, code: kind, retryAfter: null }, timing, at)
    at += 10 * MINUTE
  }
  return gate
}

const newsBetween = (before: GateState, now: GateState) => {
  const news = gateNews(before, now)
  return news && `${news.name} ${news.severity} ${news.cause}`
}

test.group('Events of gates', () => {
  test('a pause is urgent where only a person can end it, and high where the provider may', ({ assert }) => {
    assert.equal(newsBetween(OPEN_GATE, after('configuration')), 'provider.paused urgent configuration')
    assert.equal(newsBetween(OPEN_GATE, after('unavailable')), 'provider.paused high unavailable')
    assert.isNull(newsBetween(OPEN_GATE, after('rate_limited')))
    assert.isNull(newsBetween(OPEN_GATE, after('rejected')))
  })

  test('probes that fail are no news, and an answer is the recovery', ({ assert }) => {
    const paused = after('configuration')
    assert.isNull(newsBetween(paused, take(paused, FREE, timing, NOW, { count: 1, probe: true })))
    assert.isNull(newsBetween(paused, after('configuration', 'configuration')))
    assert.equal(
      newsBetween(paused, after('configuration', 'rejected')),
      'provider.recovered normal configuration'
    )
  })

  test('neither a limit nor an outage says that a wrong configuration was mended', ({ assert }) => {
    const paused = after('configuration')
    for (const kind of ['rate_limited', 'unavailable', 'not_sent', 'ambiguous'] as const) {
      const later = after('configuration', kind)
      assert.isNull(newsBetween(paused, later), kind)
      assert.deepInclude(later, { flow: 'paused', reason: 'configuration', errorCode: 'configuration' })
      assert.deepInclude(after('configuration', kind, 'success'), { flow: 'open', reason: null })
    }
  })

  test('a provider that answers with a limit is up again; one that then refuses us is told anew', ({
    assert,
  }) => {
    const down = after('unavailable')
    assert.equal(
      newsBetween(down, after('unavailable', 'rate_limited')),
      'provider.recovered normal unavailable'
    )
    assert.equal(
      newsBetween(down, after('unavailable', 'configuration')),
      'provider.paused urgent configuration'
    )
  })
})

import { test } from '@japa/runner'
import type { Ending, SealedTokens, Settlement } from '#token_refresh/settlement'
import { settledTransition, settlementEvents } from '#token_refresh/settlement_events'
import type { Claim, Transition } from '#token_refresh/types'
import { NO_WISHES, type Wished } from '#token_refresh/wishes'
import { aClaim, HOUR, NOW } from '#tests/helpers/refresh_fixtures'

const stored = { settled: 'stored', revived: false } as const
const recorded = { settled: 'recorded', revived: false } as const

function settlementOf(ending: Ending, claim: Partial<Claim> = {}): Settlement {
  return {
    claim: aClaim(claim),
    ending,
    presentedFp: 'fp',
    gateId: 'acme',
    kind: 'scheduled',
    runId: null,
    durationMs: 1,
    keepAliveAlways: true,
    hasChildren: false,
  }
}

function tokens(transition: Transition | null): Ending {
  const statusReason = transition === 'not_extended' ? transition : null
  const expiry = { tokenExpiresAt: NOW + HOUR, expirySource: 'provider', grantExpiresAt: NOW + HOUR } as const
  const sealed: SealedTokens = {
    ...{ accessToken: 'sealed', refreshToken: null, scopes: null, metadata: null, ...expiry },
    ...{ nextRefreshAt: null, credentialFp: 'fp', rotated: false, statusReason, transition },
  }
  return { type: 'tokens', tokens: sealed }
}

function failed(transition: Transition | null, statusReason: string | null): Ending {
  return {
    type: 'failure',
    decision: {
      outcome: 'failed',
      failure: {
        class: 'rejected',
        code: 'invalid_grant',
        description: 'theirs',
        status: 400,
        retryAfter: null,
      },
      ...{ strike: 2, status: 'needs_reauth', statusReason, isActive: false, tokenRefreshFailedAt: null },
      ...{ nextRefreshAt: null, retryIsOwed: false, retryCount: 0, staysInDoubt: false, suspended: false },
      transition,
    },
  }
}

const words = (
  settlement: Settlement,
  as: Parameters<typeof settlementEvents>[1],
  asked: Wished = NO_WISHES
) =>
  settlementEvents(settlement, as, asked).map(({ name, severity, data }) =>
    [name, severity, data.cause ?? '-'].join(' ')
  )

test.group('Events of settled attempts', () => {
  test('each transition has its name, its severity and the word that the log has', ({ assert }) => {
    const told = (transition: Transition, reason: string) =>
      words(settlementOf(failed(transition, reason)), recorded)
    assert.deepEqual(told('deactivated', 'rejected'), ['connection.deactivated urgent rejected'])
    assert.deepEqual(told('deactivated', 'lost_answer'), ['connection.deactivated urgent lost_answer'])
    assert.deepEqual(told('suspended', 'suspended'), ['connection.suspended urgent suspended'])
    assert.deepEqual(told('locked', 'locked'), ['connection.refresh_failed high locked'])
    assert.deepEqual(told('lapsed', 'unavailable'), ['connection.refresh_failed high lapsed'])
    assert.deepEqual(told('first_strike', 'rejected'), [])
  })

  test('a token that was not extended is told as expiring, with its end', ({ assert }) => {
    const [event] = settlementEvents(settlementOf(tokens('not_extended')), stored, NO_WISHES)
    assert.deepInclude(event, { name: 'connection.expiring', severity: 'high' })
    assert.deepInclude(event.data, { cause: 'not_extended', expiresAt: NOW + HOUR })
  })

  test('the end of a trouble is news where the trouble was', ({ assert }) => {
    const recovered = (claim: Partial<Claim>) => words(settlementOf(tokens('recovered'), claim), stored)
    assert.deepEqual(recovered({ status: 'needs_reauth', isActive: false, statusReason: 'rejected' }), [
      'connection.recovered normal rejected',
    ])
    assert.deepEqual(recovered({ status: 'token_expired' }), ['connection.recovered normal -'])
    assert.deepEqual(recovered({ tokenRefreshFailedAt: NOW }), [])
  })

  test('what was superseded or given back stands for nothing', ({ assert }) => {
    for (const settled of ['superseded', 'released'] as const) {
      const as = { settled, revived: false }
      assert.deepEqual(words(settlementOf(failed('deactivated', 'rejected')), as), [])
      assert.deepEqual(words(settlementOf(tokens('recovered'), { isActive: false }), as), [])
      assert.isNull(settledTransition(settlementOf(tokens('recovered')), as))
    }
  })

  test('a success is told to the organization that asked, beside a recovery', ({ assert }) => {
    const settlement = settlementOf(tokens('recovered'), { status: 'error' })
    const asked = { ...NO_WISHES, refreshed: new Set([settlement.claim.organizationId]) }
    assert.deepEqual(words(settlement, stored, asked), [
      'connection.recovered normal -',
      'connection.refreshed normal -',
    ])
    assert.deepEqual(words(settlement, stored, { ...NO_WISHES, refreshed: new Set(['another']) }), [
      'connection.recovered normal -',
    ])
    assert.deepEqual(words(settlementOf(failed(null, 'unavailable')), recorded, asked), [])
  })

  test('a lapse has one key for each token, whatever attempt saw it', ({ assert }) => {
    const key = (claim: Partial<Claim>) =>
      settlementEvents(settlementOf(failed('lapsed', 'unavailable'), claim), recorded, NO_WISHES)[0].key
    assert.equal(key({ attemptId: 'one' }), key({ attemptId: 'two' }))
    assert.notEqual(key({}), key({ tokenVersion: 2 }))
  })
})

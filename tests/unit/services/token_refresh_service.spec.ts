import { test } from '@japa/runner'
import { ProviderRegistry } from '#oauth/registry'
import type { RefreshAttempt } from '#services/refresh_attempt'
import { skipped } from '#services/refresh_outcome'
import { TokenRefreshService, type RefreshDependencies } from '#services/token_refresh_service'
import type { ConnectionStore } from '#token_refresh/connection_store'
import type { ClaimAnswer } from '#token_refresh/turn'
import type { Row } from '#store/driver'
import { TurnQueue } from '#token_refresh/turn_queue'
import type { RefreshOutcome } from '#token_refresh/types'
import { aClaim, aProvider, NOW, TIMING } from '#tests/helpers/refresh_fixtures'

const ID = aClaim().connectionId
const refreshed: RefreshOutcome = { ...skipped(ID, 'refreshed'), status: 'refreshed', newExpiresAt: NOW + 1 }
const unavailable: RefreshOutcome = { ...skipped(ID, 'abandoned'), status: 'failed', reason: 'unavailable' }

interface Scene {
  answers?: ClaimAnswer[]
  outcomes?: RefreshOutcome[]
  lease?: Row | null
  attempt?: Row | null
}

/** A service over a store whose answers are laid out in advance; it keeps what was attempted and how long it waited. */
function scene({ answers = [], outcomes = [], lease, attempt }: Scene) {
  const waits: number[] = []
  const attempted: string[] = []
  const row: Row = { provider: 'acme', is_active: true, paused_at: null, attempt_id: null }
  const store = {
    async turn({ claims }: Parameters<ConnectionStore['turn']>[0]) {
      const next = () => answers.shift() ?? { type: 'claimed' as const, claim: aClaim() }
      const due = { claims: [], askAgainIn: null }
      return { now: NOW, settled: [], claims: claims.map(next), due, gates: [], paused: [] }
    },
    readLease: async () => (lease === undefined ? row : lease),
    readAttempt: async () => attempt ?? null,
  }
  const deps = {
    providers: new ProviderRegistry([aProvider()]),
    store: store as unknown as ConnectionStore,
    turns: new TurnQueue(store, () => {}),
    attempt: {
      run: async (claim: { attemptId: string }) => {
        attempted.push(claim.attemptId)
        return outcomes.shift() ?? refreshed
      },
    } as unknown as RefreshAttempt,
    children: { settled: async () => {} },
    clock: { now: () => NOW, monotonic: () => 0 },
    random: () => 0,
    sleep: async (milliseconds: number) => void waits.push(milliseconds),
    timing: TIMING,
    concurrency: 5,
  } satisfies RefreshDependencies
  return { service: new TokenRefreshService(deps), waits, attempted }
}

test.group('Token refresh service', () => {
  test('callers at the same time share one attempt', async ({ assert }) => {
    const { service, attempted } = scene({})
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => service.refreshOne(ID, { kind: 'manual' }))
    )
    assert.lengthOf(attempted, 1)
    assert.isTrue(outcomes.every((outcome) => outcome === outcomes[0]))
  })

  test('a caller after the attempt gets one of their own', async ({ assert }) => {
    const { service, attempted } = scene({})
    await service.refreshOne(ID, { kind: 'manual' })
    await service.refreshOne(ID, { kind: 'manual' })
    assert.lengthOf(attempted, 2)
  })

  test('a reader is served three tries, 1 s and 2 s apart, claiming anew for each', async ({ assert }) => {
    const { service, attempted, waits } = scene({ outcomes: [unavailable, unavailable, unavailable] })
    const outcome = await service.refreshOne(ID, { kind: 'on_demand' })
    assert.equal(outcome.reason, 'unavailable')
    assert.lengthOf(attempted, 3)
    assert.deepEqual(waits, [1000, 2000])
  })

  test('the schedule tries once and leaves the waiting to the plan', async ({ assert }) => {
    const { service, attempted, waits } = scene({ outcomes: [unavailable] })
    await service.refreshOne(ID, { kind: 'scheduled' })
    assert.lengthOf(attempted, 1)
    assert.lengthOf(waits, 0)
  })

  test('a refusal is not tried again within the call', async ({ assert }) => {
    const rejected: RefreshOutcome = { ...unavailable, reason: 'rejected' }
    const { service, attempted } = scene({ outcomes: [rejected] })
    await service.refreshOne(ID, { kind: 'on_demand' })
    assert.lengthOf(attempted, 1)
  })

  test('an unknown, a paused and an inactive connection are skipped without a claim', async ({ assert }) => {
    const base = { provider: 'acme', is_active: true, paused_at: null, attempt_id: null }
    const cases: [Row | null, string][] = [
      [null, 'not_found'],
      [{ ...base, paused_at: NOW }, 'paused'],
      [{ ...base, is_active: false }, 'inactive'],
    ]
    for (const [lease, reason] of cases) {
      const { service, attempted } = scene({ lease })
      const outcome = await service.refreshOne(ID, { kind: 'manual' })
      assert.deepInclude(outcome, { status: 'skipped', reason })
      assert.lengthOf(attempted, 0)
    }
  })

  test('a closed gate defers with the time at which to come back', async ({ assert }) => {
    const closed: ClaimAnswer = { type: 'gate_closed', retryAt: NOW + 30_000, reason: 'rate_limited' }
    const outcome = await scene({ answers: [closed] }).service.refreshOne(ID, { kind: 'manual' })
    assert.deepInclude(outcome, { status: 'deferred', reason: 'provider_paused', retryAt: NOW + 30_000 })
  })

  test('a budget that is spent for the moment is told apart from a paused provider', async ({ assert }) => {
    const busy: ClaimAnswer = { type: 'gate_closed', retryAt: NOW + 100, reason: 'rate_budget' }
    const outcome = await scene({ answers: [busy] }).service.refreshOne(ID, { kind: 'manual' })
    assert.equal(outcome.reason, 'provider_busy')
  })

  test('who finds another at it takes the outcome from the refresh log and never claims after it', async ({
    assert,
  }) => {
    const attempt = { outcome: 'success', old_expires_at: NOW, new_expires_at: NOW + 9, strike: 0 }
    const { service, attempted } = scene({ answers: [{ type: 'refused', attemptId: 'theirs' }], attempt })
    const outcome = await service.refreshOne(ID, { kind: 'manual' })
    assert.deepInclude(outcome, { status: 'refreshed', attemptId: 'theirs', newExpiresAt: NOW + 9 })
    assert.lengthOf(attempted, 0)
  })

  test('an attempt that its process gave up is told as abandoned', async ({ assert }) => {
    const { service } = scene({ answers: [{ type: 'refused', attemptId: 'theirs' }], attempt: null })
    assert.equal((await service.refreshOne(ID, { kind: 'manual' })).reason, 'abandoned')
  })

  test('after it was told to stop it begins nothing', async ({ assert }) => {
    const { service, attempted } = scene({})
    await service.drain()
    assert.equal((await service.refreshOne(ID, { kind: 'manual' })).reason, 'stopping')
    assert.lengthOf(attempted, 0)
  })
})

import { test } from '@japa/runner'
import fc from 'fast-check'
import { readTokenResponse } from '#oauth/read_token_response'
import { Secret } from '#oauth/secret'
import type { OutgoingRequest, Transport } from '#oauth/types'
import { credentialFingerprint } from '#vault/vault'
import { engineFixture } from '#tests/helpers/engine_fixture'
import { toExchange, tokenAnswers, type GeneratedAnswer } from '#tests/helpers/token_answers'

const SEED = 20_261_121
const ANSWERS = 2_000
const AT_A_TIME = 50

const SEALED = ['access_token', 'refresh_token', 'spare_refresh_token', 'credential_fp'] as const
const STOPPING = ['suspended', 'locked']

/** A row as good as new, so that each answer meets a connection without a history. */
const FRESH = {
  status: 'connected',
  status_reason: null,
  is_active: true,
  is_suspended: false,
  token_refresh_failed_at: null,
  retry_count: 0,
  open_attempts: 0,
}

test.group('Token answers | the real store', () => {
  test('no single answer deactivates, and only a success changes what is stored', async ({
    assert,
    cleanup,
  }) => {
    const prototype = Object.getOwnPropertyNames(Object.prototype).sort().join()
    const answers = new Map<string, GeneratedAnswer>()
    const transport: Transport & { close(): Promise<void> } = {
      send: async (request) => toExchange(answers.get(presented(request))!, fixture.clock.now()),
      close: async () => {},
    }
    const fixture = await engineFixture('sqlite', cleanup, { engine: { transport, concurrency: AT_A_TIME } })
    const { engine, vault, provider, clock } = fixture
    const ids: string[] = []
    for (let account = 0; account < AT_A_TIME; account++)
      ids.push(await fixture.connect(`account-${account}`))
    const gate = engine.providers.get('acme').gate

    const samples = fc.sample(tokenAnswers, { seed: SEED, numRuns: ANSWERS })
    let stored = 0
    for (let first = 0; first < ANSWERS; first += AT_A_TIME) {
      // A pause of the provider is about all its connections; here each answer is to meet one alone.
      await fixture.all('DELETE FROM client_gates WHERE id = ? RETURNING id', [gate])
      for (const id of ids) await fixture.update(id, FRESH)
      const before = await Promise.all(ids.map((id) => fixture.row(id)))
      const batch = samples.slice(first, first + AT_A_TIME)
      for (const [index, row] of before.entries()) {
        const place = { organizationId: String(row.organization_id), connectionId: String(row.id) }
        const opened = vault.open(String(row.refresh_token), { ...place, column: 'refresh_token' })
        assert.isTrue(opened.ok)
        if (opened.ok) answers.set(opened.secret.reveal(), batch[index])
      }
      const outcomes = await Promise.all(
        ids.map((id) => engine.refresh.refreshOne(id, { kind: 'manual', force: true }))
      )
      assert.isTrue(outcomes.every(({ status }) => status === 'refreshed' || status === 'failed'))
      for (const [index, id] of ids.entries()) {
        const after = await fixture.row(id)
        const result = readTokenResponse(provider, toExchange(batch[index], clock.now()))
        if (result.ok) {
          stored += 1
          assert.equal(after.token_version, Number(before[index].token_version) + 1)
          assert.equal(Boolean(after.is_active), true)
          continue
        }
        for (const column of SEALED)
          assert.equal(after[column], before[index][column], JSON.stringify(batch[index]))
        assert.equal(after.token_version, before[index].token_version)
        const stops = STOPPING.includes(result.failure.class)
        assert.equal(Boolean(after.is_active), !stops, JSON.stringify(batch[index]))
        assert.isNull(after.lease_until)
      }
      // Whatever became the refresh token is presented next time; two accounts must not share one.
      for (const id of ids) await renew(fixture, id)
    }
    assert.isAbove(stored, 50)
    assert.equal(Object.getOwnPropertyNames(Object.prototype).sort().join(), prototype)
  }).timeout(60_000)
})

function presented({ body }: OutgoingRequest): string {
  const token = body?.fields.refresh_token
  return token instanceof Secret ? token.reveal() : String(token)
}

/** Gives a connection a refresh token of its own again. */
async function renew(fixture: Awaited<ReturnType<typeof engineFixture>>, id: string): Promise<void> {
  const { organization_id: organizationId } = await fixture.row(id)
  const place = { organizationId: String(organizationId), connectionId: id, column: 'refresh_token' }
  const token = new Secret(fixture.server.grant(id))
  const values = {
    refresh_token: fixture.vault.seal(token, place),
    credential_fp: credentialFingerprint(id, token),
  }
  await fixture.update(id, values)
}

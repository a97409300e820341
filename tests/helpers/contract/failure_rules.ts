import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import type { FailureClass } from '#oauth/types'
import { FAULTS } from '#simulator/failures'
import type { NamedFailure } from '#simulator/types'
import type { Connected, ContractFixture } from '#tests/helpers/contract_fixture'
import { failuresAt, onFreshGround, type Subject } from '#tests/helpers/contract/subject'
import { HOUR, MINUTE, TIMING } from '#tests/helpers/refresh_fixtures'

const manual = { kind: 'manual' } as const

type Rule = (told: Told) => Promise<void>

interface Told {
  context: TestContext
  fixture: ContractFixture
  subject: Subject
  connected: Connected
  failure: NamedFailure
}

/** What becomes of a connection where the vendor grants nothing. */
export function failureRules(subject: Subject): void {
  const { provider, dialect } = subject
  const failures = [...failuresAt(subject, 'token'), ...FAULTS]
  for (const failure of failures) {
    test(`${provider.id}: ${titleOf(failure)}`, (context) =>
      onFreshGround(context, async (fixture) => {
        const connected = await fixture.connect(provider)
        connected.account.say(failure.name)
        const outcome = await fixture.engine.refresh.refreshOne(connected.id, manual)
        context.assert.equal(outcome.reason, failure.class, `code ${outcome.errorCode}`)
        const told = { context, fixture, subject, connected, failure }
        await nothingIsLost(told)
        await EFFECTS[failure.class]?.(told)
      }))
  }
  test(`${provider.id}: a false refusal is forgotten at the next success`, (context) =>
    onFreshGround(context, async (fixture) => falseRefusal(context, fixture, subject)))
  test(`${provider.id}: an answer that is lost leaves the connection in doubt, and no strike`, (context) =>
    onFreshGround(context, async (fixture) => lostAnswer(context, fixture, subject)))
  if (dialect.tokens.presents !== 'refresh') return
  test(`${provider.id}: a token that somebody else used before us is ${afterDoubleUse(subject)}`, (context) =>
    onFreshGround(context, async (fixture) => doubleUse(context, fixture, subject)))
}

const MEANINGS: Partial<Record<FailureClass, string>> = {
  rejected: 'is a strike, and the second one ends the refreshing',
  configuration: 'pauses the provider and touches no account',
  rate_limited: 'waits as long as it asks for and is no strike',
  unavailable: 'is tried again and is no strike',
  ambiguous: 'is never a refusal',
  suspended: 'suspends the account',
  locked: 'asks the person to act and keeps the token',
  unknown: 'is a strike that keeps the token',
}

const SUBJECTS: Partial<Record<NamedFailure['case'], string>> = {
  dead: 'a dead refresh token',
  configuration: 'a client that is refused',
  rate_limited: 'a limit',
  unavailable: 'an outage',
  suspended: 'a suspended account',
  locked: 'a locked account',
}

function titleOf({ name, case: kind, means, class: meaning, unverified }: NamedFailure): string {
  const what = means ?? SUBJECTS[kind] ?? 'an answer'
  return `${what} ${MEANINGS[meaning] ?? `is ${meaning}`} [${name}${unverified ? ', unverified' : ''}]`
}

/** Whatever was answered: the tokens that were there are there, and the log has the word. */
async function nothingIsLost({ context: { assert }, fixture, connected, failure }: Told): Promise<void> {
  const { id, access, refresh, account } = connected
  assert.equal(await fixture.stored(id, 'access_token'), access.value)
  assert.equal(await fixture.stored(id, 'refresh_token'), refresh?.value ?? null)
  assert.deepInclude(await fixture.attempt(id), { outcome: 'failed', failure_class: failure.class })
  const heard = fixture.simulator.log.entries.filter(({ account: of }) => of === account.id)
  assert.deepEqual(
    heard.map(({ presented, verdict }) => [presented, verdict]),
    [[(refresh ?? access).value, failure.name]]
  )
}

const unharmed = { status: 'connected', is_active: 1, token_refresh_failed_at: null, is_suspended: 0 }

/** A refusal is tried again a quarter of an hour later, and only then believed. */
const strikes: Rule = async ({
  context: { assert },
  fixture,
  subject,
  connected: { id, account },
  failure,
}) => {
  const first = await fixture.row(id)
  const confirmed = { status: failure.class === 'rejected' ? 'needs_reauth' : 'error', is_active: 0 }
  if (subject.provider.refresh.strikes === 1) return void assert.deepInclude(first, confirmed)
  assert.deepInclude(first, { status: 'connected', status_reason: failure.class, is_active: 1 })
  assert.equal(Number(first.token_refresh_failed_at), fixture.clock.now())
  fixture.clock.advance(TIMING.strikeRetry)
  account.say(failure.name)
  await fixture.engine.refresh.refreshOne(id, manual)
  assert.deepInclude(await fixture.row(id), confirmed)
}

const pausesTheProvider: Rule = async ({ context: { assert }, fixture, subject, connected: { id } }) => {
  assert.deepInclude(await fixture.row(id), { ...unharmed, status_reason: 'configuration' })
  const gate = await fixture.gate(subject.provider.gate)
  assert.isAbove(Number(gate?.until ?? 0), fixture.clock.now())
}

const waitsAsTold: Rule = async ({ context: { assert }, fixture, connected: { id }, failure }) => {
  const now = fixture.clock.now()
  const told = typeof failure.wait === 'function' ? failure.wait(now) : failure.wait
  const after = await fixture.row(id)
  assert.deepInclude(after, { ...unharmed, retry_count: 0 })
  assert.equal(Number(after.next_refresh_at) - now, told ?? TIMING.rateLimitWait)
}

const passes: Rule = async ({ context: { assert }, fixture, connected: { id } }) => {
  const after = await fixture.row(id)
  assert.deepInclude(after, { ...unharmed, retry_count: 1 })
  assert.isAbove(Number(after.next_refresh_at), fixture.clock.now())
  assert.isBelow(Number(after.next_refresh_at), fixture.clock.now() + HOUR)
}

const EFFECTS: Partial<Record<FailureClass, Rule>> = {
  rejected: strikes,
  unknown: strikes,
  configuration: pausesTheProvider,
  rate_limited: waitsAsTold,
  unavailable: passes,
  ambiguous: passes,
  suspended: async ({ context: { assert }, fixture, connected: { id } }) => {
    assert.deepInclude(await fixture.row(id), { status: 'suspended', is_suspended: 1, is_active: 0 })
  },
  locked: async ({ context: { assert }, fixture, connected: { id } }) => {
    const locked = { status: 'error', status_reason: 'locked', is_active: 0, is_suspended: 0 }
    assert.deepInclude(await fixture.row(id), locked)
  },
}

async function falseRefusal({ assert }: TestContext, fixture: ContractFixture, { provider }: Subject) {
  const { id, account } = await fixture.connect(provider)
  account.say('false_revocation', { times: 1 })
  const first = await fixture.engine.refresh.refreshOne(id, manual)
  assert.equal(first.reason, 'rejected')
  fixture.clock.advance(15 * MINUTE)
  const second = await fixture.engine.refresh.refreshOne(id, manual)
  assert.equal(second.status, 'refreshed')
  assert.deepInclude(await fixture.row(id), { ...unharmed, status_reason: null })
  assert.equal(await fixture.stored(id, 'access_token'), account.living('access')?.value)
}

async function lostAnswer({ assert }: TestContext, fixture: ContractFixture, { provider }: Subject) {
  const { id, account } = await fixture.connect(provider)
  account.say('lost')
  const outcome = await fixture.engine.refresh.refreshOne(id, manual)
  assert.equal(outcome.reason, 'ambiguous')
  assert.equal(account.refreshes, 1)
  const after = await fixture.row(id)
  assert.deepInclude(after, unharmed)
  assert.isAbove(Number(after.open_attempts), 0)
}

function afterDoubleUse({ dialect }: Subject): string {
  return dialect.tokens.reuse === 'strict' ? 'refused, as a first strike' : 'good for one more'
}

async function doubleUse({ assert }: TestContext, fixture: ContractFixture, { provider, dialect }: Subject) {
  const { id, account } = await fixture.connect(provider)
  account.say('double_use', { times: 1 })
  const outcome = await fixture.engine.refresh.refreshOne(id, manual)
  assert.equal(account.reuses, 1)
  assert.equal(outcome.reason, dialect.tokens.reuse === 'strict' ? 'rejected' : 'refreshed')
  assert.deepInclude(await fixture.row(id), { status: 'connected', is_active: 1 })
}

import type { ProviderInput } from '#oauth/define_provider'
import { at, optionalText } from '#oauth/own'
import type { AccountEndpoint } from '#oauth/types'
import { AccountServer, type AccountAnswer } from '#tests/helpers/account_server'
import { engineFixture, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'

export interface VerificationFixture extends EngineFixture {
  accounts: AccountServer
  /** Access tokens that the provider refuses. */
  refused: Set<string>
  /** The whole row, for comparing before and after. */
  snapshot(id: string): Promise<Record<string, unknown>>
  transitions(): string[]
}

type Slots = Partial<ProviderInput> | ((accounts: AccountServer) => Partial<ProviderInput>)

/** The account of a token: fixtures call tokens `first-<account>`; a refreshed one belongs to the account at hand. */
export const accountOf = (token: string, fallback = 'ana') => /^first-(.+)$/.exec(token)?.[1] ?? fallback

/** An endpoint with a suspension and a lock in its answer, as Reddit and others have them. */
export const meEndpoint = (url: string): AccountEndpoint => ({
  url,
  verdict: (body) => {
    if (body.is_suspended === true) {
      return { class: 'suspended', code: 'is_suspended', description: 'broke the rules' }
    }
    return null
  },
  account: (body) => ({
    id: optionalText(body.id) ?? '',
    username: optionalText(body.login),
    displayName: optionalText(body.name),
    avatarUrl: optionalText(at(body, 'picture')),
    clientId: optionalText(body.client_id),
  }),
})

/**
 * An engine whose provider has a validation endpoint (`/validate`) and a profile endpoint (`/me`); both accept every
 * token that is not in `refused`.
 */
export async function verificationFixture(
  dialect: Dialect,
  cleanup: (work: () => Promise<void>) => void,
  slots: Slots = {}
): Promise<VerificationFixture> {
  const accounts = await AccountServer.start(cleanup)
  const refused = new Set<string>()
  const accepts = ({ token }: { token: string }): AccountAnswer =>
    refused.has(token)
      ? { status: 401, body: { status: 401, message: 'invalid access token' } }
      : { body: { id: accountOf(token), login: accountOf(token), client_id: 'client' } }
  accounts.on('/validate', accepts)
  accounts.on('/me', accepts)
  const fixture = await engineFixture(dialect, cleanup, {
    provider: {
      validation: { ...meEndpoint(`${accounts.origin}/validate`), scheme: 'OAuth' },
      profile: meEndpoint(`${accounts.origin}/me`),
      failures: [
        {
          at: 'account',
          status: 403,
          error: 'locked',
          class: 'locked',
          instruction: 'Sign in and unlock it.',
        },
      ],
      ...(typeof slots === 'function' ? slots(accounts) : slots),
    },
    engine: { sleep: async () => {} },
  })
  return {
    ...fixture,
    accounts,
    refused,
    snapshot: async (id) => ({ ...(await fixture.row(id)) }),
    transitions: () => fixture.notices.map(({ transition }) => transition),
  }
}

import { symbols } from '@adonisjs/auth'
import { AccessToken } from '@adonisjs/auth/access_tokens'
import type {
  AccessTokensGuardUser,
  AccessTokensUserProviderContract,
} from '@adonisjs/auth/types/access_tokens'
import type { Secret as FrameworkSecret } from '@adonisjs/core/helpers'
import { Secret } from '#oauth/secret'
import type { ApiKey, ApiKeyService } from '#services/api_keys/api_key_service'

/** For whom a request of the API acts: the organization, by one of its keys. */
export interface KeyHolder {
  /** The id of the organization. */
  id: string
}

/** A verified key in the shape in which the framework's guard passes it on. */
class VerifiedKey extends AccessToken {
  constructor(readonly apiKey: ApiKey) {
    const { id, organizationId, name, abilities } = apiKey
    const at = (instant: number | null) => (instant === null ? null : new Date(instant))
    super({
      ...{ identifier: id, tokenableId: organizationId, type: 'api_key', hash: '', name, abilities },
      createdAt: new Date(apiKey.createdAt),
      updatedAt: new Date(apiKey.createdAt),
      lastUsedAt: at(apiKey.lastUsedAt),
      expiresAt: at(apiKey.expiresAt),
    })
  }
}

/**
 * Lets the framework's guard for access tokens check API keys by our service: the framework's own provider would note the
 * use of a key on every request, and before it has checked the secret.
 */
export class ApiKeyProvider implements AccessTokensUserProviderContract<KeyHolder> {
  declare [symbols.PROVIDER_REAL_USER]: KeyHolder

  constructor(private readonly keys: Pick<ApiKeyService, 'verify'>) {}

  async verifyToken(text: FrameworkSecret<string>): Promise<AccessToken | null> {
    const apiKey = await this.keys.verify(new Secret(text.release()))
    return apiKey && new VerifiedKey(apiKey)
  }

  /** A key goes with its organization, so where there is a key there is one. */
  async findById(identifier: string | number | bigint): Promise<AccessTokensGuardUser<KeyHolder>> {
    return this.createUserForGuard({ id: String(identifier) })
  }

  async createUserForGuard(holder: KeyHolder): Promise<AccessTokensGuardUser<KeyHolder>> {
    return { getId: () => holder.id, getOriginal: () => holder }
  }

  createToken(): never {
    throw new Error('Keys are made by the service of API keys, which knows their abilities and expiry.')
  }

  invalidateToken(): never {
    throw new Error('Keys are revoked by the service of API keys.')
  }
}

/** The key that the guard has accepted. */
export function apiKeyOf(token: AccessToken | undefined): ApiKey {
  if (token instanceof VerifiedKey) return token.apiKey
  throw new Error('No API key has been checked in this request.')
}

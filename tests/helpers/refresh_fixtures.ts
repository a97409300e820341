import { defineProvider, type ProviderInput } from '#oauth/define_provider'
import { Secret } from '#oauth/secret'
import type { Failure, FailureClass, TokenResult, TokenSet } from '#oauth/types'
import type { Claim, RefreshTiming } from '#token_refresh/types'

export const NOW = Date.UTC(2026, 10, 21, 12)
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

export const TIMING: RefreshTiming = {
  strikeRetry: 15 * MINUTE,
  strikeWindow: 30 * MINUTE,
  strikeSpacing: MINUTE,
  transientStrikes: false,
  retryAttempts: 3,
  retryBase: SECOND,
  retryCap: 30 * SECOND,
  rateLimitWait: MINUTE,
  configurationProbe: 5 * MINUTE,
}

export function aProvider(overrides: Partial<ProviderInput> = {}) {
  return defineProvider({
    id: 'acme',
    name: 'Acme',
    docs: null,
    server: {
      authorization_endpoint: 'https://acme.example/authorize',
      token_endpoint: 'https://acme.example/token',
    },
    client: { client_id: 'client', client_secret: new Secret('client-secret') },
    ...overrides,
  } as ProviderInput)
}

export function aClaim(overrides: Partial<Claim> = {}): Claim {
  return {
    attemptId: '00000000-0000-7000-8000-000000000001',
    connectionId: '00000000-0000-7000-8000-000000000002',
    organizationId: '00000000-0000-7000-8000-000000000003',
    provider: 'acme',
    owner: 'ana',
    tokenType: 'oauth2',
    accessToken: 'sealed-access',
    refreshToken: 'sealed-refresh',
    spareRefreshToken: null,
    scopes: ['read'],
    issuedAt: NOW - HOUR,
    tokenExpiresAt: NOW + 10 * MINUTE,
    grantedAt: null,
    grantExpiresAt: null,
    tokenVersion: 1,
    grantGeneration: 1,
    tokenRefreshFailedAt: null,
    status: 'connected',
    statusReason: null,
    isActive: true,
    openAttempts: 0,
    retryCount: 0,
    config: {},
    metadata: {},
    claimedAt: NOW,
    leaseUntil: NOW + MINUTE,
    ...overrides,
  }
}

export function aTokenSet(overrides: Partial<TokenSet> = {}): TokenSet {
  return {
    access_token: new Secret('at-2'),
    refresh_token: new Secret('rt-2'),
    token_type: 'Bearer',
    expiresIn: HOUR,
    scopes: null,
    grantExpiresIn: null,
    id_token: null,
    metadata: {},
    ...overrides,
  }
}

export function success(overrides: Partial<TokenSet> = {}): TokenResult {
  return { ok: true, tokens: aTokenSet(overrides), warnings: [], receivedAt: NOW }
}

export function failure(kind: FailureClass, overrides: Partial<Failure> = {}): TokenResult {
  const failed: Failure = {
    class: kind,
    code: kind,
    description: null,
    status: 400,
    retryAfter: null,
    ...overrides,
  }
  return { ok: false, failure: failed, receivedAt: NOW }
}

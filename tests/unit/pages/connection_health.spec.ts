import { test } from '@japa/runner'
import {
  connectionHealth,
  HEALTH,
  HEALTH_WORDS,
  type Health,
  type HealthFacts,
  type ProviderHealth,
} from '#services/connection_health'

const NOW = 1_800_000_000_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const well: HealthFacts = {
  provider: 'acme',
  status: 'connected',
  statusReason: null,
  isActive: true,
  pausedAt: null,
  leaseUntil: null,
  tokenRefreshFailedAt: null,
  openAttempts: 0,
  tokenType: 'oauth2',
  hasRefreshToken: true,
  nextRefreshAt: NOW + HOUR,
  tokenExpiresAt: NOW + 2 * HOUR,
  tokenSince: NOW - HOUR,
  derived: false,
  parentNeedsPerson: false,
}
const acme: ProviderHealth = { supported: true, needsRefreshToken: true, margin: 5 * MINUTE, paused: false }

interface Case {
  title: string
  row?: Partial<HealthFacts>
  provider?: Partial<ProviderHealth> | null
  health: Health
}

const everythingWrong = {
  status: 'needs_reauth',
  isActive: false,
  leaseUntil: NOW + MINUTE,
  tokenRefreshFailedAt: NOW,
  openAttempts: 1,
  hasRefreshToken: false,
  nextRefreshAt: NOW - 1,
} as const

const CASES: Case[] = [
  { title: 'a valid token', health: 'healthy' },
  { title: 'a pause comes before everything', row: { ...everythingWrong, pausedAt: NOW }, health: 'paused' },
  { title: 'needs_reauth', row: { status: 'needs_reauth' }, health: 'reconnect' },
  { title: 'suspended', row: { status: 'suspended' }, health: 'reconnect' },
  { title: 'disconnected', row: { status: 'disconnected' }, health: 'reconnect' },
  { title: 'error', row: { status: 'error' }, health: 'reconnect' },
  { title: 'inactive', row: { isActive: false }, health: 'reconnect' },
  { title: 'a dead grant comes before a lease', row: { ...everythingWrong }, health: 'reconnect' },
  { title: 'leased', row: { leaseUntil: NOW + 1 }, health: 'refreshing' },
  { title: 'a lease that has run out', row: { leaseUntil: NOW }, health: 'healthy' },
  {
    title: 'a lease comes before a strike',
    row: { leaseUntil: NOW + 1, tokenRefreshFailedAt: NOW },
    health: 'refreshing',
  },
  { title: 'first strike', row: { tokenRefreshFailedAt: NOW - MINUTE }, health: 'retrying' },
  { title: 'in doubt', row: { openAttempts: 1 }, health: 'retrying' },
  { title: 'token_expired', row: { status: 'token_expired' }, health: 'retrying' },
  { title: 'provider paused', provider: { paused: true }, health: 'retrying' },
  {
    title: 'a strike comes before static',
    row: { tokenRefreshFailedAt: NOW, hasRefreshToken: false },
    health: 'retrying',
  },
  { title: 'a static token', row: { tokenType: 'static' }, health: 'static' },
  { title: 'OAuth 1.0a', row: { tokenType: 'oauth1a' }, health: 'static' },
  { title: 'no refresh path at the provider', provider: { supported: false }, health: 'static' },
  { title: 'no refresh token', row: { hasRefreshToken: false }, health: 'static' },
  {
    title: 'no refresh token, but none needed',
    row: { hasRefreshToken: false },
    provider: { needsRefreshToken: false },
    health: 'healthy',
  },
  { title: 'a definition that is gone', provider: null, health: 'static' },
  { title: 'static comes before due', row: { hasRefreshToken: false, nextRefreshAt: NOW }, health: 'static' },
  { title: 'due by plan', row: { nextRefreshAt: NOW }, health: 'due' },
  { title: 'not yet due by plan', row: { nextRefreshAt: NOW + 1 }, health: 'healthy' },
  { title: 'inside the margin', row: { tokenExpiresAt: NOW + 5 * MINUTE }, health: 'due' },
  { title: 'just outside the margin', row: { tokenExpiresAt: NOW + 5 * MINUTE + 1 }, health: 'healthy' },
  {
    title: 'inside the margin, beginning unknown',
    row: { tokenExpiresAt: NOW + MINUTE, tokenSince: null },
    health: 'due',
  },
  {
    title: 'a short life, first half',
    row: { tokenSince: NOW - 20_000, tokenExpiresAt: NOW + 40_000 },
    health: 'healthy',
  },
  {
    title: 'a short life, second half',
    row: { tokenSince: NOW - 30_000, tokenExpiresAt: NOW + 30_000 },
    health: 'due',
  },
  { title: 'a derived token', row: { derived: true, hasRefreshToken: false }, health: 'healthy' },
  {
    title: 'a derived token whose parent needs a person',
    row: { derived: true, hasRefreshToken: false, parentNeedsPerson: true },
    health: 'reconnect',
  },
  {
    title: 'a token that was not extended, inside the margin, just after it was exchanged',
    row: { statusReason: 'not_extended', tokenSince: NOW, tokenExpiresAt: NOW + 4 * MINUTE },
    health: 'due',
  },
  {
    title: 'a token that was not extended, outside the margin',
    row: { statusReason: 'not_extended' },
    health: 'healthy',
  },
  {
    title: 'no plan and no known end',
    row: { nextRefreshAt: null, tokenExpiresAt: null },
    health: 'healthy',
  },
]

test.group('Connection health', () => {
  test('{title}')
    .with(CASES)
    .run(({ assert }, { row, provider, health }) => {
      const definition = provider === null ? null : { ...acme, ...provider }
      assert.equal(connectionHealth({ ...well, ...row }, definition, NOW), health)
    })

  test('every word has a label, an icon and a meaning, and all words occur in the table', ({ assert }) => {
    assert.sameMembers(Object.keys(HEALTH), [...HEALTH_WORDS])
    assert.sameMembers([...new Set(CASES.map(({ health }) => health))], [...HEALTH_WORDS])
  })
})

import { DateTime } from 'luxon'
import ProviderRow, { type StoredRegistration } from '#models/provider'
import { uuid } from '#models/uuid'
import { ADDED_KEY, addedProviderId, entryProblem, type EntryProblem } from '#oauth/added_provider'
import { fault, faultWords, type Fault } from '#oauth/fault'
import type { ProviderEntry } from '#oauth/providers_file_types'
import type { ProviderRegistry } from '#oauth/registry'
import type { Secret } from '#oauth/secret'
import type { Clock, Provider } from '#oauth/types'
import generic from '#oauth/providers/oauth2'
import { readRow, secretPlace } from '#services/added_providers'
import { providerRows } from '#services/provider_rows'
import type { Vault } from '#vault/vault'

export interface NewProvider {
  key: string
  name: string
  /** One of `PROVIDER_KINDS`; any OAuth 2.0 server unless told. */
  kind?: string
  /** Fields of PROVIDERS_FILE, without name and secret. */
  entry: ProviderEntry
  clientSecret?: Secret | null
  registration?: StoredRegistration | null
  registrationAccessToken?: Secret | null
}

/** What is left out stays as it is; null takes away. */
export type ProviderChange = Partial<Omit<NewProvider, 'key' | 'kind'>>

/** `field` of a problem is `key`, `name` or a field of PROVIDERS_FILE; null where no single one is to blame. */
export type ChangeResult = { ok: true; provider: Provider } | { ok: false; problems: EntryProblem[] }
/** `users`: how many accounts keep it; none where it was gone already. */
export type RemovalResult = { ok: true } | { ok: false; users: number; message: string }

interface Dependencies {
  registry: ProviderRegistry
  vault: Vault
  allowPrivate: boolean
  clock: Clock
}

/** Writes added providers. Nothing is stored that does not define, and no secret that is not sealed for its row. */
export class ProviderChanges {
  constructor(private readonly deps: Dependencies) {}

  async add(organizationId: string, given: NewProvider): Promise<ChangeResult> {
    const { key, name, kind = generic.id, entry } = given
    const wrongKey = await this.#keyProblem(organizationId, key)
    const id = uuid(this.deps.clock.now())
    const row = new ProviderRow()
    row.fill({ id, organizationId, key: wrongKey ? SOME_KEY : key, name, kind, entry, registration: null })
    row.merge({ clientSecret: null, registrationAccessToken: null })
    return this.#save(row, given, wrongKey ? [entryProblem('key', wrongKey)] : [])
  }

  async update(organizationId: string, key: string, change: ProviderChange): Promise<ChangeResult> {
    const row = await providerRows.find(organizationId, key)
    return row ? this.#save(row, change) : refused(null, fault('gone'))
  }

  async remove(organizationId: string, key: string): Promise<RemovalResult> {
    const row = await providerRows.find(organizationId, key)
    if (!row) return { ok: false, users: 0, message: faultWords(fault('gone')) }
    const users = await providerRows.removeUnused(row, addedProviderId(key, organizationId))
    return users > 0 ? { ok: false, users, message: inUse(row.name, users) } : { ok: true }
  }

  /** Saves nothing where something is wrong, be it found here or before, and tells all of it. */
  async #save(row: ProviderRow, change: ProviderChange, before: EntryProblem[] = []): Promise<ChangeResult> {
    const { name, entry, registration } = change
    if (changesClient(row, change)) row.merge({ testVerdict: null, testCode: null })
    if (name !== undefined) row.name = name.trim()
    if (entry !== undefined) row.entry = entry
    if (registration !== undefined) row.registration = registration
    this.#seal(row, change)
    const nameless = row.name === '' ? [entryProblem('name', fault('empty'))] : []
    if (nameless.length > 0) row.name = row.key
    const { registry, vault, allowPrivate, clock } = this.deps
    const { provider, problems } = await readRow(row, { vault, bases: registry.fixed(), allowPrivate })
    const wrong = [...nameless, ...before, ...problems]
    if (!provider || wrong.length > 0) return { ok: false, problems: wrong }
    const now = DateTime.fromMillis(clock.now(), { zone: 'utc' })
    row.createdAt ??= now
    // Always later than before: other processes see by it that something changed.
    row.updatedAt = row.updatedAt ? DateTime.max(now, row.updatedAt.plus(1)) : now
    await row.save()
    return { ok: true, provider }
  }

  #seal(row: ProviderRow, { clientSecret, registrationAccessToken }: ProviderChange): void {
    const { vault } = this.deps
    const sealed = (secret: Secret | null, column: Parameters<typeof secretPlace>[1]) =>
      secret && vault.seal(secret, secretPlace(row, column))
    if (clientSecret !== undefined) row.clientSecret = sealed(clientSecret, 'client_secret')
    if (registrationAccessToken !== undefined) {
      row.registrationAccessToken = sealed(registrationAccessToken, 'registration_access_token')
    }
  }

  async #keyProblem(organizationId: string, key: string): Promise<Fault | null> {
    if (!ADDED_KEY.test(key)) return fault('key')
    const { registry } = this.deps
    if (registry.fixed().some(({ id }) => id === key)) {
      return fault('fixed_key', { key })
    }
    // The second look is for two organizations whose ids share the eight digits.
    const taken =
      (await providerRows.find(organizationId, key)) ?? registry.find(addedProviderId(key, organizationId))
    return taken ? fault('taken_key', { key }) : null
  }
}

/** Stands in for a key that cannot be, while the other fields are looked at. */
const SOME_KEY = 'added'

/** The fields of an entry by which a provider is asked and we are known there. */
const OF_CLIENT: readonly (keyof ProviderEntry)[] = [
  ...(['client_id', 'client_auth', 'grant_type', 'extends'] as const),
  ...(['issuer', 'token_endpoint', 'refresh_endpoint'] as const),
]

/** Whether what a test of the credentials found holds no longer. */
function changesClient({ entry: old }: ProviderRow, change: ProviderChange): boolean {
  const { clientSecret, registration, entry } = change
  if (clientSecret !== undefined || registration !== undefined) return true
  return entry !== undefined && OF_CLIENT.some((field) => entry[field] !== old?.[field])
}

function refused(field: string | null, wrong: Fault): ChangeResult {
  return { ok: false, problems: [entryProblem(field, wrong)] }
}

function inUse(name: string, users: number): string {
  const accounts = users === 1 ? 'One account uses' : `${users} accounts use`
  return `${accounts} ${name}. Delete ${users === 1 ? 'it' : 'them'} first: without ${name} no token could be refreshed or revoked.`
}

import type { ProviderRegistry } from '#oauth/registry'
import type { Secret } from '#oauth/secret'
import type { Clock, Provider } from '#oauth/types'
import { openSecret, readRow, type AddedProvider } from '#services/added_providers'
import {
  ProviderChanges,
  type ChangeResult,
  type NewProvider,
  type ProviderChange,
  type RemovalResult,
} from '#services/provider_changes'
import { providerRows } from '#services/provider_rows'
import type { Vault } from '#vault/vault'

export interface CatalogueDependencies {
  registry: ProviderRegistry
  vault: Vault
  /** ALLOW_PRIVATE_PROVIDERS: lets added providers use http and private addresses. */
  allowPrivate: boolean
  clock: Clock
  /** Hears of a row that cannot be used. */
  onBroken?: (added: AddedProvider) => void
}

/** At most so often, in milliseconds, is the database asked whether another process changed anything. */
const PROBE_EVERY = 2_000

/**
 * The providers that organizations added, beside the fixed ones of the installation. Ask it wherever a person or a key
 * of an organization names a provider: what another organization added does not exist there. The registry serves the
 * engine, which works for all of them.
 */
export class ProviderCatalogue {
  readonly #changes: ProviderChanges
  #added: readonly AddedProvider[] = []
  #stamp = ''
  #probedAt = Number.NEGATIVE_INFINITY
  #loading: Promise<void> = Promise.resolve()

  constructor(private readonly deps: CatalogueDependencies) {
    this.#changes = new ProviderChanges(deps)
  }

  /** Reads all rows. One that does not define is left out, told to `onBroken` and kept for the pages. */
  load(): Promise<void> {
    // One after the other, so that an older reading never replaces a newer one.
    this.#loading = this.#loading.catch(() => {}).then(() => this.#load())
    return this.#loading
  }

  /** Follows the changes of other processes. Cheap: one small query, and not more often than every two seconds. */
  async reloadIfChanged(): Promise<void> {
    const now = this.deps.clock.monotonic()
    if (now - this.#probedAt < PROBE_EVERY) return
    this.#probedAt = now
    if ((await providerRows.stamp()) !== this.#stamp) await this.load()
  }

  /**
   * The provider that this id or key means in this organization: a whole id first, its own or a fixed one, then a key
   * of its own. Null for what does not exist, does not work, or is another organization's.
   */
  find(organizationId: string, keyOrId: string): Provider | null {
    const visible = this.visibleTo(organizationId)
    const exact = visible.find(({ id }) => id === keyOrId)
    return exact ?? this.addedBy(organizationId).find(({ key }) => key === keyOrId)?.provider ?? null
  }

  /** As `find`, but looks for changes of other processes before it says that there is none. */
  async resolve(organizationId: string, keyOrId: string): Promise<Provider | null> {
    const found = this.find(organizationId, keyOrId)
    if (found) return found
    await this.reloadIfChanged()
    return this.find(organizationId, keyOrId)
  }

  /** All providers that this organization can use: the fixed ones, then its own. */
  visibleTo(organizationId: string): Provider[] {
    const own = this.addedBy(organizationId).flatMap(({ provider }) => provider ?? [])
    return [...this.deps.registry.fixed(), ...own]
  }

  /** The providers of one organization, for whoever looks names up and must not see others. */
  scope(organizationId: string) {
    return {
      find: (keyOrId: string) => this.find(organizationId, keyOrId),
      all: () => this.visibleTo(organizationId),
    }
  }

  /** The sentence for a name that means no provider in this organization. */
  unknown(organizationId: string, name: string): string {
    const known = this.visibleTo(organizationId).map(({ id }) => id)
    return `There is no provider "${name}". These exist: ${known.join(', ')}.`
  }

  /** What this organization added, with what is wrong with it; also what cannot be used. */
  addedBy(organizationId: string): AddedProvider[] {
    return this.#added.filter((added) => added.organizationId === organizationId)
  }

  /** The usable added providers of all organizations, for jobs that work for all of them. */
  allAdded(): AddedProvider[] {
    return this.#added.filter(({ provider }) => provider !== null)
  }

  /** Added providers of all organizations that cannot be used. */
  allBroken(): AddedProvider[] {
    return this.#added.filter(({ provider }) => provider === null)
  }

  /** Adds a provider to an organization. Nothing is stored where something is wrong with it. */
  async add(organizationId: string, given: NewProvider): Promise<ChangeResult> {
    return this.#afterwards(await this.#changes.add(organizationId, given))
  }

  /** Changes an added provider; what `change` leaves out stays. Its key and kind stay for good. */
  async update(organizationId: string, key: string, change: ProviderChange): Promise<ChangeResult> {
    return this.#afterwards(await this.#changes.update(organizationId, key, change))
  }

  /** Refused while connections use it: without it their tokens could neither be refreshed nor revoked. */
  async remove(organizationId: string, key: string): Promise<RemovalResult> {
    return this.#afterwards(await this.#changes.remove(organizationId, key))
  }

  /** What manages a dynamic registration (RFC 7592 §2); null where there is none, or where it does not open. */
  async registrationAccessToken(organizationId: string, key: string): Promise<Secret | null> {
    const row = await providerRows.find(organizationId, key)
    const opened = row && openSecret(this.deps.vault, row, 'registration_access_token')
    return opened?.ok ? opened.secret : null
  }

  async #afterwards<T extends { ok: boolean }>(result: T): Promise<T> {
    if (result.ok) await this.load()
    return result
  }

  async #load(): Promise<void> {
    const { registry, vault, allowPrivate, onBroken } = this.deps
    const stamp = await providerRows.stamp()
    const added: AddedProvider[] = []
    for (const row of await providerRows.all()) {
      added.push(await readRow(row, { vault, bases: registry.fixed(), allowPrivate }))
    }
    added.filter(({ provider }) => provider === null).forEach((broken) => onBroken?.(broken))
    this.#added = added
    this.#stamp = stamp
    registry.setAdded(added.flatMap(({ provider }) => provider ?? []))
  }
}

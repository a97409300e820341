import { errors } from 'oidc-provider'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { SandboxStore } from '#sandbox/store'

/** What `oidc-provider` asks of a storage, for one of its models, over the sandbox's file. */
export class SqliteAdapter implements Adapter {
  readonly #store: SandboxStore
  readonly #model: string

  constructor(store: SandboxStore, model: string) {
    this.#store = store
    this.#model = model
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    this.#store.put(this.#model, id, payload, expiresIn)
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#store.find(this.#model, id)
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#store.findByUid(this.#model, uid)
  }

  /** Codes typed by hand belong to the device flow, which the sandbox does not offer. */
  async findByUserCode(): Promise<undefined> {
    return undefined
  }

  /**
   * Spends a code or refresh token. `oidc-provider` looks whether it was spent some awaits before it calls this, so two
   * requests at the same moment both pass that look; here the second one counts as reuse and ends the grant.
   */
  async consume(id: string): Promise<void> {
    if (this.#store.consume(this.#model, id)) return
    const grantId = this.#store.find(this.#model, id)?.grantId
    if (grantId) {
      this.#store.revokeTokens(grantId)
      this.#store.remove('Grant', grantId)
    }
    throw new errors.InvalidGrant('already used')
  }

  async destroy(id: string): Promise<void> {
    this.#store.remove(this.#model, id)
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    this.#store.revokeTokens(grantId)
  }
}

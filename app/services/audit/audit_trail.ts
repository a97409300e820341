import { uuid } from '#models/uuid'
import type { Clock } from '#oauth/types'
import * as sql from '#services/audit/audit_sql'
import { readSnapshot, type Snapshot } from '#services/audit/snapshot'
import type { TargetKind } from '#services/audit/targets'
import type { Actor, Begun, Ended } from '#services/audit/types'
import { run, type StoreDriver, type Value } from '#store/driver'

export interface AuditDependencies {
  driver: StoreDriver
  clock: Pick<Clock, 'now'>
}

/** The entries of one action: one, or one for each organization where it concerns the whole installation. */
export type EntryIds = readonly string[]

/**
 * Who did what, for each organization. An entry is durable before its action begins and is completed after it, so a
 * process that dies leaves an entry that says so.
 */
export class AuditTrail {
  constructor(private readonly deps: AuditDependencies) {}

  /**
   * Writes that an action begins; into the trail of each organization where it concerns all of them. Rejects where that
   * cannot be written; the action must not happen then.
   */
  async begin(entry: Begun, { everywhere = false }: { everywhere?: boolean } = {}): Promise<EntryIds> {
    const organizations = everywhere ? await this.#organizations() : [entry.actor.organizationId]
    return this.#insert(entry, organizations)
  }

  /**
   * Writes into the trail of each other organization that what begins here concerns it, too. They learn who acts, not from
   * where. Rejects as `begin` does.
   */
  async share(entry: Begun): Promise<EntryIds> {
    const { organizationId: own } = entry.actor
    const others = (await this.#organizations()).filter((id) => id !== own)
    return this.#insert({ ...entry, origin: { ip: null, userAgent: null, requestId: null } }, others)
  }

  /** Completes entries. Calling it again changes nothing. */
  async end(
    ids: EntryIds,
    { outcome, status, organizationId, target, changes, given }: Ended
  ): Promise<void> {
    const [more, asked] = [JSON.stringify(changes), JSON.stringify(given)]
    const values = [outcome, status, organizationId, cut(target.id, 64), cut(target.name, 255), more, asked]
    await this.deps.driver.transaction(function* () {
      for (const id of ids) yield* run(sql.END, [...values, id])
    })
  }

  /** What may be told of a target now; null where the organization has no such thing. */
  look(
    kind: TargetKind,
    params: Readonly<Record<string, unknown>>,
    organizationId: string
  ): Promise<Snapshot | null> {
    return readSnapshot(this.deps.driver, kind, params, organizationId)
  }

  /** Who signs in with this address; an unknown one belongs to the only organization, where there is one only. */
  async claimant(email: string): Promise<Actor> {
    const [row] = await this.deps.driver.read(sql.BY_EMAIL, [email])
    const organizationId = row ? (row.organization_id as string | null) : await this.#onlyOrganization()
    return { kind: 'person', id: row ? (row.id as string) : null, name: email, organizationId }
  }

  /** A person with the organization where the sign-in leads to; others as they are. */
  async atHome(actor: Actor): Promise<Actor> {
    if (actor.kind !== 'person' || actor.id === null) return actor
    const [row] = await this.deps.driver.read(sql.BY_ID, [actor.id])
    return { ...actor, organizationId: row ? (row.organization_id as string | null) : null }
  }

  async #onlyOrganization(): Promise<string | null> {
    const organizations = await this.#organizations()
    return organizations.length === 1 ? organizations[0] : null
  }

  async #organizations(): Promise<string[]> {
    return (await this.deps.driver.read(sql.ORGANIZATIONS, [])).map(({ id }) => id as string)
  }

  async #insert({ actor, action, target, origin }: Begun, organizations: readonly (string | null)[]) {
    const at = this.deps.clock.now()
    const entries = organizations.map((organization) => ({ id: uuid(at), organization }))
    const who: Value[] = [actor.kind, actor.id, cut(actor.name, 255), action]
    const what: Value[] = [target.kind, cut(target.id, 64), cut(target.name, 255)]
    const from: Value[] = [origin.ip, cut(origin.userAgent, 255), cut(origin.requestId, 64)]
    await this.deps.driver.transaction(function* () {
      for (const { id, organization } of entries)
        yield* run(sql.BEGIN, [id, organization, at, ...who, ...what, ...from])
    })
    return entries.map(({ id }) => id)
  }
}

function cut(text: string | null, longest: number): string | null {
  return text === null ? null : text.replaceAll('\0', '').toWellFormed().slice(0, longest)
}

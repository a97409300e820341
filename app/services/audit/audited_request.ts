import type { AuditAction } from '#services/audit/actions'
import type { AuditTrail, EntryIds } from '#services/audit/audit_trail'
import { difference, targetIdOf, type Snapshot } from '#services/audit/snapshot'
import type { TargetKind } from '#services/audit/targets'
import type { Actor, Begun, Ended, Origin } from '#services/audit/types'

type Params = Readonly<Record<string, unknown>>

export interface AuditedWork {
  action: AuditAction
  /** What it acts on; null where it is no single thing. */
  kind: TargetKind | null
  /** The parameters of the route, among which the target's key is. */
  params: Params
  origin: Origin
  /** It concerns all organizations: each has the entry in its own trail. */
  everywhere?: boolean
}

/**
 * The entry of one request or command, from before its action to after it. Who acts is known at once behind the usual middleware;
 * where people come from outside, the controller tells it with `by` before it acts.
 */
export class AuditedRequest {
  #actor: Actor | null = null
  #entries: EntryIds | null = null
  #before: Snapshot | null = null
  #told: Params = {}
  #given: Record<string, unknown> = {}

  constructor(
    private readonly trail: AuditTrail,
    private readonly work: AuditedWork
  ) {}

  /** The entry in the actor's own trail, once there is one. */
  get entryId(): string | null {
    return this.#entries?.[0] ?? null
  }

  /** Writes the entry; rejects where it cannot be written, and then nothing may be done. A second call changes nothing. */
  async by(actor: Actor): Promise<void> {
    if (this.#entries) return
    this.#actor = actor.organizationId === null ? await this.trail.atHome(actor) : actor
    this.#before = await this.#look()
    const { everywhere = false } = this.work
    this.#entries = await this.trail.begin(this.#begun(this.#actor), { everywhere })
  }

  /**
   * What this begins concerns all organizations: each has the entry in its own trail, too. To be called before anything is
   * done; rejects as `by` does.
   */
  async concernsAll(): Promise<void> {
    if (!this.#entries || !this.#actor) return
    this.#entries = [...this.#entries, ...(await this.trail.share(this.#begun(this.#actor)))]
  }

  /** Somebody says to be this person and may not be: what is refused is told under this address, and nothing is begun. */
  async claimedBy(email: string): Promise<void> {
    this.#actor = await this.trail.claimant(email)
  }

  /** What the address does not name: the key of what was made, or of what the form named. */
  about(params: Params): void {
    this.#told = { ...this.#told, ...params }
  }

  /** What was asked for beside the target, or what came of it. Nothing secret. */
  note(given: Record<string, unknown>): void {
    this.#given = { ...this.#given, ...given }
  }

  /**
   * Completes the entry. What was refused before it was begun gets one now, if it is known who asked; what was answered
   * without being begun, such as a repeated call, was no action.
   */
  async end(outcome: Ended['outcome'], status: number, asker: Actor | null): Promise<void> {
    const entries = this.#entries ?? (await this.#beginLate(outcome, asker))
    if (!entries) return
    const after = outcome === 'refused' ? this.#before : await this.#look()
    const changes = difference(this.#before, after)
    const target = this.#target(after ?? this.#before)
    const organizationId = (this.#params().organization as string | undefined) ?? null
    const ended = { outcome, status, organizationId, target, changes, given: this.#given }
    await this.trail.end(entries, ended)
  }

  async #beginLate(outcome: Ended['outcome'], asker: Actor | null): Promise<EntryIds | null> {
    const actor = this.#actor ?? asker
    if (actor && outcome !== 'done') await this.by(actor)
    return this.#entries
  }

  #begun(actor: Actor): Begun {
    const { action, origin } = this.work
    return { actor, action, origin, target: this.#target(this.#before) }
  }

  #params(): Params {
    const { id: actor, organizationId: organization } = this.#actor as Actor
    return { actor, organization, ...this.work.params, ...this.#told }
  }

  async #look(): Promise<Snapshot | null> {
    const { kind } = this.work
    const organizationId = this.#actor?.organizationId ?? (this.#told.organization as string | undefined)
    return kind && organizationId ? this.trail.look(kind, this.#params(), organizationId) : null
  }

  #target(seen: Snapshot | null) {
    const { kind } = this.work
    return { kind, id: kind && targetIdOf(kind, this.#params()), name: seen?.name ?? null }
  }
}

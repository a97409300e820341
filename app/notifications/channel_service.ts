import { randomBytes } from 'node:crypto'
import { uuid } from '#models/uuid'
import { nameProblem, shownTarget, targetProblem, type ChannelProblem } from '#notifications/channel_checks'
import {
  openChannel,
  sealChannel,
  type ChannelSecret,
  type SigningSecret,
} from '#notifications/channel_secret'
import * as sql from '#notifications/channel_sql'
import { toChannel, type ChannelView } from '#notifications/channel_view'
import { CHANNEL_KINDS, type ChannelKind } from '#notifications/types'
import { Secret } from '#oauth/secret'
import { all, now, run, type Row, type StoreDriver, type Work } from '#store/driver'
import type { Vault } from '#vault/vault'

interface ChannelDependencies {
  driver: StoreDriver
  vault: Vault
  allowPrivate: boolean
}

export interface NewChannel {
  kind: ChannelKind
  name: string
  /** An e-mail address, or the whole URL. */
  target: string
}

export type ChannelAnswer<T> = ({ ok: true } & T) | { ok: false; problems: ChannelProblem[] }

/** A secret that was replaced signs for so long beside the new one. */
export const ROTATION_OVERLAP = 24 * 60 * 60_000
/** Each receiver of an organization may get each of its messages. */
const MOST_CHANNELS = 50

/**
 * The receivers of an organization. URLs and signing secrets are sealed; pages see the host only, and a signing secret
 * once: when it is made. Ids of other organizations are not found.
 */
export class ChannelService {
  constructor(private readonly deps: ChannelDependencies) {}

  async list(organizationId: string): Promise<ChannelView[]> {
    return (await this.deps.driver.read(sql.LIST, [organizationId])).map(toChannel)
  }

  async find(organizationId: string, id: string): Promise<ChannelView | null> {
    const [row] = await this.deps.driver.read(sql.FIND, [organizationId, id])
    return row ? toChannel(row) : null
  }

  /** Adds a channel. `signingSecret` is there for webhooks, and is never shown again. */
  async create(
    organizationId: string,
    { kind, name, target }: NewChannel
  ): Promise<ChannelAnswer<{ id: string; signingSecret: Secret | null }>> {
    if (!CHANNEL_KINDS.includes(kind)) return refused({ field: 'kind', message: 'Choose a kind of channel.' })
    const trimmed = { name: name.trim(), target: target.trim() }
    const problems = [nameProblem(trimmed.name), targetProblem(kind, trimmed.target, this.deps.allowPrivate)]
    if (problems.some((one) => one !== null)) return refused(...problems)
    const signing = kind === 'webhook' ? [freshSecret()] : []
    const id = await this.deps.driver.transaction(() => this.#insert(organizationId, kind, trimmed, signing))
    if (id === null) return refused({ field: 'name', message: tooMany })
    return { ok: true, id, signingSecret: signing[0]?.secret ?? null }
  }

  *#insert(
    organizationId: string,
    kind: ChannelKind,
    { name, target }: { name: string; target: string },
    signing: SigningSecret[]
  ): Work<string | null> {
    const [{ count }] = yield* all(sql.COUNT, [organizationId])
    if (Number(count) >= MOST_CHANNELS) return null
    const at = yield* now()
    const id = uuid(at)
    const secret =
      kind === 'email' ? null : this.#seal({ url: new Secret(target), signing }, id, organizationId)
    yield* run(sql.INSERT, [id, organizationId, kind, name, shownTarget(kind, target), secret, at, at])
    return id
  }

  /** Renames a channel, or lets it lead elsewhere; null where there is none. A webhook keeps its signing secret. */
  async update(
    organizationId: string,
    id: string,
    { name, target }: { name?: string; target?: string }
  ): Promise<ChannelAnswer<object> | null> {
    const known = await this.find(organizationId, id)
    if (!known) return null
    const problems = [
      name === undefined ? null : nameProblem(name),
      target === undefined ? null : targetProblem(known.kind, target.trim(), this.deps.allowPrivate),
    ]
    if (problems.some((one) => one !== null)) return refused(...problems)
    const change = { name: name?.trim(), target: target?.trim() }
    await this.#change(organizationId, id, (row) => this.#changed(row, change))
    return { ok: true }
  }

  #changed(row: Row, { name, target }: { name?: string; target?: string }): Changed {
    const kind = row.kind as ChannelKind
    const fresh = {
      name: name ?? (row.name as string),
      target: row.target as string,
      secret: row.secret as string | null,
    }
    if (target === undefined) return fresh
    fresh.target = shownTarget(kind, target)
    if (kind === 'email') return fresh
    const { id, organizationId } = placeOf(row)
    // Without its secrets a webhook gets a new one at the next rotation; the URL is new anyway.
    const signing = this.#open(row)?.signing ?? []
    return { ...fresh, secret: this.#seal({ url: new Secret(target), signing }, id, organizationId) }
  }

  /**
   * A new signing secret for a webhook, shown this once. The old one signs along for a day. Null where there is no such
   * webhook, or where its secrets cannot be read.
   */
  async rotateSecret(organizationId: string, id: string): Promise<Secret | null> {
    const fresh = freshSecret()
    const isDone = await this.#change(organizationId, id, (row, at) => {
      const kept = row.kind === 'webhook' ? this.#open(row) : null
      if (!kept) return null
      // Of those that were replaced before only what is still valid stays.
      const older = kept.signing
        .filter(({ until }) => until === null || until > at)
        .map(({ secret, until }) => ({ secret, until: until ?? at + ROTATION_OVERLAP }))
      const secret = this.#seal({ url: kept.url, signing: [fresh, ...older] }, id, organizationId)
      return { name: row.name as string, target: row.target as string, secret }
    })
    return isDone ? fresh.secret : null
  }

  async remove(organizationId: string, id: string): Promise<boolean> {
    return (await this.#write(() => run(sql.REMOVE, [organizationId, id]))) === 1
  }

  /** Uses a disabled channel again, as if it had never failed. */
  async enable(organizationId: string, id: string): Promise<boolean> {
    return this.#write(function* () {
      const at = yield* now()
      return (yield* run(sql.ENABLE, [at, organizationId, id])) === 1
    })
  }

  /** Sends a test message at the next tick, once, to a disabled channel too. Returns the id of its delivery. */
  async test(organizationId: string, id: string): Promise<string | null> {
    return this.#write(function* () {
      const at = yield* now()
      const delivery = uuid(at)
      const values = [delivery, at, at, at, organizationId, id]
      return (yield* run(sql.ENQUEUE_TEST, values)) === 1 ? delivery : null
    })
  }

  /** Exchanges what a row holds while nobody else can; a rotation of the encryption keys may be under way. */
  #change(
    organizationId: string,
    id: string,
    change: (row: Row, at: number) => Changed | null
  ): Promise<boolean> {
    const { driver } = this.deps
    return this.#write(function* () {
      const [row] = yield* all(sql.hold(driver.dialect), [organizationId, id])
      const at = yield* now()
      const fresh = row ? change(row, at) : null
      if (!fresh) return false
      return (yield* run(sql.UPDATE, [fresh.name, fresh.target, fresh.secret, at, id])) === 1
    })
  }

  #write<T>(work: () => Work<T>): Promise<T> {
    return this.deps.driver.transaction(work)
  }

  #seal(secret: ChannelSecret, id: string, organizationId: string): string {
    return sealChannel(this.deps.vault, secret, { id, organizationId })
  }

  #open(row: Row): ChannelSecret | null {
    return row.secret === null ? null : openChannel(this.deps.vault, row.secret as string, placeOf(row))
  }
}

interface Changed {
  name: string
  target: string
  secret: string | null
}

const tooMany = `This organization has ${MOST_CHANNELS} channels already. Remove one that is not needed any more.`

const placeOf = (row: Row) => ({ id: row.id as string, organizationId: row.organization_id as string })

function refused(...problems: (ChannelProblem | null)[]): { ok: false; problems: ChannelProblem[] } {
  return { ok: false, problems: problems.filter((one) => one !== null) }
}

/** 256 bits, within the 24 to 64 bytes that Standard Webhooks recommends. */
function freshSecret(): SigningSecret {
  return { secret: new Secret(`whsec_${randomBytes(32).toString('base64')}`), until: null }
}

import { uuid } from '#models/uuid'
import {
  MOST_CHANNELS,
  nameProblem,
  shownTarget,
  targetProblem,
  tooMany,
  type ChannelProblem,
} from '#notifications/channel_checks'
import {
  freshSecret,
  openChannel,
  sealChannel,
  type ChannelSecret,
  type SigningSecret,
} from '#notifications/channel_secret'
import { removeChannel } from '#notifications/channel_removal'
import * as sql from '#notifications/channel_sql'
import { keptOf, toChannel, type ChannelView, type KeptChannel } from '#notifications/channel_view'
import { speechProblems, type Speech } from '#notifications/speech_problems'
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
  /** How messages are put into words there; English and UTC unless told. */
  speech?: Speech
}

/** What is changed; the rest stays. */
export type ChannelChange = Partial<Omit<NewChannel, 'kind'>>

export type ChannelAnswer<T> = ({ ok: true } & T) | { ok: false; problems: ChannelProblem[] }

/** A secret that was replaced signs for so long beside the new one. */
export const ROTATION_OVERLAP = 24 * 60 * 60_000

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
    { kind, name, target, speech = UNSAID }: NewChannel
  ): Promise<ChannelAnswer<{ id: string; signingSecret: Secret | null }>> {
    if (!CHANNEL_KINDS.includes(kind)) {
      return refused({ field: 'kind', code: 'bad_kind', message: 'Choose a kind of channel.' })
    }
    const trimmed = { name: name.trim(), target: target.trim(), speech }
    const problems = [
      nameProblem(trimmed.name),
      targetProblem(kind, trimmed.target, this.deps.allowPrivate),
      ...speechProblems(speech),
    ]
    if (problems.some((one) => one !== null)) return refused(...problems)
    const signing = kind === 'webhook' ? [freshSecret()] : []
    const id = await this.deps.driver.transaction(() => this.#insert(organizationId, kind, trimmed, signing))
    if (id === null) return refused(tooMany)
    return { ok: true, id, signingSecret: signing[0]?.secret ?? null }
  }

  *#insert(
    organizationId: string,
    kind: ChannelKind,
    { name, target, speech }: Required<ChannelChange>,
    signing: SigningSecret[]
  ): Work<string | null> {
    const [{ count }] = yield* all(sql.COUNT, [organizationId])
    if (Number(count) >= MOST_CHANNELS) return null
    const at = yield* now()
    const id = uuid(at)
    const secret =
      kind === 'email' ? null : this.#seal({ url: new Secret(target), signing }, id, organizationId)
    const { locale, timeZone } = speech
    const shown = shownTarget(kind, target)
    yield* run(sql.INSERT, [id, organizationId, kind, name, shown, secret, locale, timeZone, at, at])
    return id
  }

  /** Renames a channel, or lets it lead elsewhere; null where there is none. A webhook keeps its signing secret. */
  async update(
    organizationId: string,
    id: string,
    { name, target, speech }: ChannelChange
  ): Promise<ChannelAnswer<object> | null> {
    const known = await this.find(organizationId, id)
    if (!known) return null
    const problems = [
      name === undefined ? null : nameProblem(name),
      target === undefined ? null : targetProblem(known.kind, target.trim(), this.deps.allowPrivate),
      ...speechProblems(speech ?? {}),
    ]
    if (problems.some((one) => one !== null)) return refused(...problems)
    const change = { name: name?.trim(), target: target?.trim(), speech }
    await this.#change(organizationId, id, (row) => this.#changed(row, change))
    return { ok: true }
  }

  #changed(row: Row, { name, target, speech }: ChannelChange): KeptChannel {
    const kind = row.kind as ChannelKind
    const fresh = { ...keptOf(row), ...speech, ...(name === undefined ? {} : { name }) }
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
      return { ...keptOf(row), secret }
    })
    return isDone ? fresh.secret : null
  }

  /** Removes a channel, also from the rules that name it. */
  async remove(organizationId: string, id: string): Promise<boolean> {
    return this.#write(() => removeChannel(organizationId, id))
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
    change: (row: Row, at: number) => KeptChannel | null
  ): Promise<boolean> {
    const { driver } = this.deps
    return this.#write(function* () {
      const [row] = yield* all(sql.hold(driver.dialect), [organizationId, id])
      const at = yield* now()
      const fresh = row ? change(row, at) : null
      if (!fresh) return false
      const { name, target, secret, locale, timeZone } = fresh
      return (yield* run(sql.UPDATE, [name, target, secret, locale, timeZone, at, id])) === 1
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

const UNSAID: Speech = { locale: null, timeZone: null }

const placeOf = (row: Row) => ({ id: row.id as string, organizationId: row.organization_id as string })

function refused(...problems: (ChannelProblem | null)[]): { ok: false; problems: ChannelProblem[] } {
  return { ok: false, problems: problems.filter((one) => one !== null) }
}

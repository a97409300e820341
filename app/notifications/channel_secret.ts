import { randomBytes } from 'node:crypto'
import { Secret } from '#oauth/secret'
import type { Vault } from '#vault/vault'

/** A key that signs webhooks; `until` tells how long one that was replaced stays valid. */
export interface SigningSecret {
  secret: Secret
  until: number | null
}

/** What nobody may read of a channel: where it leads, and what signs its messages. */
export interface ChannelSecret {
  url: Secret
  signing: readonly SigningSecret[]
}

interface ChannelPlace {
  id: string
  organizationId: string
}

const placeOf = ({ id, organizationId }: ChannelPlace) => ({
  organizationId,
  connectionId: id,
  column: 'notification_channel',
})

/** Seals what a channel keeps as one value. */
export function sealChannel(vault: Vault, { url, signing }: ChannelSecret, channel: ChannelPlace): string {
  const plain = {
    url: url.reveal(),
    signing: signing.map(({ secret, until }) => ({ secret: secret.reveal(), until })),
  }
  return vault.seal(new Secret(JSON.stringify(plain)), placeOf(channel))
}

/** Null where the value does not open: a key is missing from the ring, or the value was moved. */
export function openChannel(vault: Vault, sealed: string, channel: ChannelPlace): ChannelSecret | null {
  const opened = vault.open(sealed, placeOf(channel))
  if (!opened.ok) return null
  const plain = JSON.parse(opened.secret.reveal()) as {
    url: string
    signing: { secret: string; until: number | null }[]
  }
  return {
    url: new Secret(plain.url),
    signing: plain.signing.map(({ secret, until }) => ({ secret: new Secret(secret), until })),
  }
}

/** The keys that sign now, the newest first. */
export function validSecrets({ signing }: ChannelSecret, now: number): Secret[] {
  return signing.filter(({ until }) => until === null || until > now).map(({ secret }) => secret)
}

/** A new one: 256 bits, within the 24 to 64 bytes that Standard Webhooks recommends. */
export function freshSecret(): SigningSecret {
  return { secret: new Secret(`whsec_${randomBytes(32).toString('base64')}`), until: null }
}

import type { Health } from '#services/connection_health'
import type { Translate } from '#transformers/translate'

/** A channel's condition in words for the person it belongs to: no provider's words, nothing only staff can mend. */
export interface ChannelState {
  health: Health
  label: string
  icon: string
  /** What it means; empty where nothing needs to be said. */
  text: string
  /** A new consent is what helps. */
  reconnect: boolean
}

/** The conditions that its owner hears of. */
const ICONS: Partial<Record<Health, string>> = {
  reconnect: 'plug-x',
  paused: 'player-pause',
  retrying: 'rotate',
}

/** Says how a channel is. What happens by itself looks like all is well, because for its owner it is. */
export function channelState({ health }: { health: Health }, t: Translate): ChannelState {
  const icon = ICONS[health]
  if (!icon) {
    const label = t('campaigns.channel.connected')
    return { health: 'healthy', label, icon: 'circle-check', text: '', reconnect: false }
  }
  const text = t(`campaigns.channel.text.${health}`)
  return { health, label: t(`health.${health}.label`), icon, text, reconnect: health === 'reconnect' }
}

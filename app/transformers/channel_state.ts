import type { Health } from '#services/connection_health'

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

const STATES: Readonly<Record<Health, Omit<ChannelState, 'health'>>> = {
  reconnect: {
    label: 'Reconnect needed',
    icon: 'plug-x',
    text: 'The access that you gave has ended. Reconnect the channel, and everything works again.',
    reconnect: true,
  },
  paused: {
    label: 'Paused',
    icon: 'player-pause',
    text: 'Somebody of your team paused this channel. They can resume it.',
    reconnect: false,
  },
  retrying: {
    label: 'Retrying',
    icon: 'rotate',
    text: 'The access cannot be renewed at this moment. It is tried again by itself; you need to do nothing.',
    reconnect: false,
  },
  refreshing: { label: 'Connected', icon: 'circle-check', text: '', reconnect: false },
  due: { label: 'Connected', icon: 'circle-check', text: '', reconnect: false },
  static: { label: 'Connected', icon: 'circle-check', text: '', reconnect: false },
  healthy: { label: 'Connected', icon: 'circle-check', text: '', reconnect: false },
}

/** Says how a channel is. What happens by itself looks like all is well, because for its owner it is. */
export function channelState({ health }: { health: Health }): ChannelState {
  const state = STATES[health]
  const shown = state.text === '' ? 'healthy' : health
  return { ...state, health: shown }
}

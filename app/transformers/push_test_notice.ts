import type { DeviceTest } from '#notifications/push_devices'
import type { Notice } from '#transformers/refresh_notice'
import type { Translate } from '#transformers/translate'

const TONES = { delivered: 'good', gone: 'plain', later: 'bad', refused: 'bad' } as const

/** What a person reads after a test was sent to one of their devices. */
export function pushTestNotice({ device, receipt: { type, code } }: DeviceTest, t: Translate): Notice {
  const why = type === 'refused' && code === 'vapid_refused' ? code : type
  return { tone: TONES[type], text: t(`alerts.tested.${why}`, { device }) }
}

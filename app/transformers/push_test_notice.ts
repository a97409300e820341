import type { DeviceTest } from '#notifications/push_devices'

/** What a person reads after a test was sent to one of their devices. */
export function pushTestNotice({ device, receipt }: DeviceTest): {
  tone: 'good' | 'bad' | 'plain'
  text: string
} {
  if (receipt.type === 'delivered') {
    const text = `Sent to ${device}. It should show there within seconds; if not, see what the system allows this browser.`
    return { tone: 'good', text }
  }
  if (receipt.type === 'gone') {
    const text = `${device} takes no notifications from us any more, so it is removed. Enable it there again if you want.`
    return { tone: 'plain', text }
  }
  if (receipt.type === 'later') {
    return {
      tone: 'bad',
      text: `The push service of ${device} cannot be reached now. Try again in a minute.`,
    }
  }
  const advice =
    receipt.code === 'vapid_refused'
      ? 'It was enabled when this installation had other keys: remove it here, then enable it there again.'
      : 'Remove it here, then enable it there again. If that does not help, tell an admin.'
  return { tone: 'bad', text: `The push service of ${device} refused the message. ${advice}` }
}

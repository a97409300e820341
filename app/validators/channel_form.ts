import { CHANNEL_KINDS } from '#notifications/types'

type Body = Record<string, unknown>

/**
 * Reads the form of a channel. `values` is what may be shown again when it is refused: an address for mail, but not the
 * URL of a webhook, since whoever knows it can write there.
 */
export function readChannelForm(body: Body) {
  const kind = CHANNEL_KINDS.find((one) => one === body.kind) ?? null
  const name = text(body.name)
  const target = text(body.address)
  const [locale, timeZone] = [text(body.locale), text(body.timeZone)]
  const address = kind === 'email' ? target : ''
  const speech = { locale: locale || null, timeZone: timeZone || null }
  return { kind, name, target, speech, values: { name, address, locale, timeZone } }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, 4_096) : ''
}

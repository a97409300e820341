type Body = Record<string, unknown>

/** Reads the form of the preferences; an empty field, which means that nothing is chosen, stays an empty text. */
export function readPreferences(body: Body) {
  return {
    quietFrom: text(body.quietFrom),
    quietUntil: text(body.quietUntil),
    timeZone: text(body.timeZone),
    locale: text(body.locale),
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, 100) : ''
}

import { html } from '#sandbox/views/html'
import type { Markup } from '#sandbox/views/html'

/** A time of day as people on this computer read it; a dash for none. */
export function clock(instant: number | null): Markup {
  if (instant === null) return html`<span class="faint">–</span>`
  const moment = new Date(instant)
  const text = moment.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return html`<time datetime="${moment.toISOString()}">${text}</time>`
}

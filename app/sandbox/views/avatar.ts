import { initials } from '#sandbox/accounts'
import { html } from '#sandbox/views/html'
import type { SandboxAccount } from '#sandbox/accounts'
import type { Markup } from '#sandbox/views/html'

const TONES = 5

/** A round picture of two letters; the tone follows from the id, so that it never changes. */
export function avatar(account: SandboxAccount): Markup {
  const tone = [...account.id].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 9973, 7) % TONES
  return html`<span class="avatar tone-${tone}" aria-hidden="true">${initials(account.name)}</span>`
}

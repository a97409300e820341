import { html } from '#sandbox/views/html'
import { layout } from '#sandbox/views/layout'

/** A page that says what went wrong and leads back. `code` is the OAuth error code, where there is one. */
export function errorPage(title: string, sentence: string, code?: string): string {
  const body = html`<section class="panel">
    <h1>${title}</h1>
    <p>${sentence}</p>
    ${code ? html`<p class="note">Error code: <code>${code}</code></p>` : null}
    <p><a href="/">To the sandbox's own page</a></p>
  </section>`
  return layout({ title, body, width: 'narrow' })
}

import { html } from '#sandbox/views/html'
import type { Markup } from '#sandbox/views/html'

interface Page {
  title: string
  body: Markup
  /** Wide for the control page, narrow for a question. */
  width: 'wide' | 'narrow'
  /** Keeps the page fresh: by its script, or by reloading where scripts are off. */
  live?: boolean
}

/** The frame of every sandbox page. */
export function layout({ title, body, width, live = false }: Page): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Sandbox provider</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/sandbox.css" />
        ${live && html`<script src="/assets/live.js" defer></script>`}
        ${live && html`<noscript><meta http-equiv="refresh" content="10" /></noscript>`}
      </head>
      <body class="${width}">
        <header class="bar">
          <img src="/assets/icon.svg" alt="" width="22" height="22" />
          <strong>Sandbox provider</strong>
          <span class="note">Runs on this computer only</span>
        </header>
        <main>${body}</main>
      </body>
    </html>`
  return page.text
}

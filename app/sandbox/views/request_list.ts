import { accountFor } from '#sandbox/accounts'
import { clock } from '#sandbox/views/clock'
import { html } from '#sandbox/views/html'
import type { RequestOutcome, TokenRequest } from '#sandbox/request_log'
import type { Markup } from '#sandbox/views/html'
import type { LiveState } from '#sandbox/views/live_view'

const SHOWN = 12

const OUTCOMES: Record<RequestOutcome, { tone: string; words: string; meaning: string }> = {
  granted: { tone: 'good', words: 'Granted', meaning: 'the next tokens were handed out' },
  reused: {
    tone: 'bad',
    words: 'Reuse',
    meaning: 'a spent refresh token came again, so the grant was ended',
  },
  refused: { tone: 'bad', words: 'Refused', meaning: 'the request was not accepted' },
  down: { tone: 'warn', words: 'Down', meaning: 'the provider was down' },
  unavailable: { tone: 'warn', words: '503', meaning: 'as you asked, temporarily unavailable' },
  rate_limited: { tone: 'warn', words: '429', meaning: 'as you asked, too many requests' },
  bad_gateway: { tone: 'warn', words: '502', meaning: 'as you asked, an HTML page of a gateway' },
  reset: {
    tone: 'warn',
    words: 'Lost',
    meaning: 'as you asked, rotated, but the answer was lost',
  },
  invalid_client: { tone: 'warn', words: '401', meaning: 'as you asked, invalid_client' },
  invalid_grant: { tone: 'warn', words: '400', meaning: 'as you asked, invalid_grant by mistake' },
}

/** The last requests at the token endpoint, newest first. */
export function requestList({ requests, accounts, startedAt }: LiveState): Markup {
  const name = (id: string | null) => (id ? accountFor(id, accounts).name : 'unknown')
  return html`<section class="panel">
    <h2>Token requests</h2>
    ${
      requests.length === 0
        ? html`<p class="empty">
            None since the start at ${clock(startedAt)}. Connect an account, and they appear here.
          </p>`
        : html`<ul class="requests">
            ${requests.slice(0, SHOWN).map((request) => row(request, name(request.accountId)))}
          </ul>`
    }
  </section>`
}

function row(request: TokenRequest, name: string) {
  const { tone, words, meaning } = OUTCOMES[request.outcome]
  return html`<li>
    ${clock(request.at)}
    <span class="pill ${tone}">${words}</span>
    <span class="what"
      ><strong>${name}</strong> · ${verb(request.grantType)}: ${explain(request, meaning)}</span
    >
  </li>`
}

function verb(grantType: string): string {
  if (grantType === 'refresh_token') return 'refresh'
  return grantType === 'authorization_code' ? 'connect' : grantType.slice(0, 40)
}

function explain({ outcome, error, accountId, grantType }: TokenRequest, meaning: string) {
  if (outcome === 'granted' && grantType === 'authorization_code') return 'the first tokens were handed out'
  if (outcome !== 'refused') return meaning
  const ended = grantType === 'refresh_token' && error === 'invalid_grant' && accountId !== null
  return html`${ended ? 'its grant has ended' : meaning} (<code>${error ?? 'error'}</code>)`
}

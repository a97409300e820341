import { FAULTS } from '#sandbox/faults'
import { avatar } from '#sandbox/views/avatar'
import { html } from '#sandbox/views/html'
import { requestList } from '#sandbox/views/request_list'
import { clock } from '#sandbox/views/clock'
import type { SandboxAccount } from '#sandbox/accounts'
import type { DownMode, PlannedFault } from '#sandbox/faults'
import type { TokenRequest } from '#sandbox/request_log'
import type { AccountState } from '#sandbox/store'
import type { Markup } from '#sandbox/views/html'

export interface LiveState {
  accounts: readonly SandboxAccount[]
  states: readonly AccountState[]
  planned: readonly PlannedFault[]
  downMode: DownMode | null
  requests: readonly TokenRequest[]
  startedAt: number
}

/** The part of the control page that changes by itself. */
export function liveView(state: LiveState): Markup {
  return html`${state.downMode && downBanner(state.downMode)}
    ${state.planned.length > 0 && plannedBanner(state)}
    <section class="panel">
      <h2>Accounts</h2>
      <table class="accounts">
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col">Grant</th>
            <th scope="col" class="number">Refreshes</th>
            <th scope="col">Last refresh</th>
            <th scope="col">Token valid until</th>
            <th scope="col"><span class="hidden">Action</span></th>
          </tr>
        </thead>
        <tbody>
          ${state.accounts.map((account, index) => accountRow(account, state.states[index]))}
        </tbody>
      </table>
    </section>
    ${requestList(state)}`
}

const GRANTS = {
  live: { tone: 'good', words: 'Live' },
  ended: { tone: 'bad', words: 'Ended' },
  none: { tone: 'idle', words: 'Not connected' },
} as const

const ACTIONS = {
  live: revokeForm,
  ended: () => html`<small>Reconnect it in Evergrant</small>`,
  none: () => null,
}

function accountRow(account: SandboxAccount, state: AccountState) {
  const { tone, words } = GRANTS[state.grant]
  return html`<tr>
    <th scope="row">
      <span class="person">
        ${avatar(account)}<span class="who"
          ><strong>${account.name}</strong><small>@${account.username}</small></span
        >
      </span>
    </th>
    <td data-label="Grant"><span class="pill ${tone}">${words}</span></td>
    <td data-label="Refreshes" class="number">${state.refreshes}</td>
    <td data-label="Last refresh">${clock(state.lastRefreshAt)}</td>
    <td data-label="Token valid until">${clock(state.accessTokenUntil)}</td>
    <td class="action">${ACTIONS[state.grant](account)}</td>
  </tr>`
}

function revokeForm(account: SandboxAccount) {
  return html`<form method="post" action="/control/revoke">
    <button id="revoke-${account.id}" class="danger" name="account" value="${account.id}">
      Revoke<span class="hidden"> the grant of ${account.name}</span>
    </button>
  </form>`
}

function downBanner(mode: DownMode) {
  const what = mode === 'hang_up' ? 'closes every connection' : 'answers 503 to everything'
  return html`<form class="banner bad" method="post" action="/control/up">
    <p><strong>The provider is down.</strong> Its token endpoint ${what}.</p>
    <button id="up">Come up again</button>
  </form>`
}

function plannedBanner({ planned, accounts }: LiveState) {
  const name = (id: string | null) => accounts.find((account) => account.id === id)?.name ?? id
  const sentence = (fault: PlannedFault) => {
    const whose = fault.accountId === null ? '' : ` of ${name(fault.accountId)}`
    const which = fault.remaining === 1 ? 'The next refresh' : `The next ${fault.remaining} refreshes`
    return html`<p><strong>${which}${whose} will fail:</strong> ${FAULTS[fault.kind]}.</p>`
  }
  return html`<form class="banner warn" method="post" action="/control/clear">
    <div>${planned.map(sentence)}</div>
    <button id="clear">Let them pass</button>
  </form>`
}

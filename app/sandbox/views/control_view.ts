import { FAULTS } from '#sandbox/faults'
import { html } from '#sandbox/views/html'
import { layout } from '#sandbox/views/layout'
import { liveView } from '#sandbox/views/live_view'
import type { SandboxAccount } from '#sandbox/accounts'
import type { LiveState } from '#sandbox/views/live_view'

export interface ControlState extends LiveState {
  /** Where Evergrant itself is found. */
  appUrl: string
  /** Seconds. */
  accessTokenLifetime: number
}

/** The sandbox's own page: what it is, what happens, and what can be made to go wrong. */
export function controlView(state: ControlState): string {
  const body = html`${introduction(state)}
    <div class="columns">
      <div id="live">${liveView(state)}</div>
      <div class="tools">${faultPanel(state.accounts)} ${downPanel()}</div>
    </div>`
  return layout({ title: 'Control', body, width: 'wide', live: true })
}

function introduction({ appUrl, accessTokenLifetime }: ControlState) {
  return html`<section class="intro">
    <h1>Watch a grant being kept alive</h1>
    <p class="lead">
      This is a real OAuth 2.0 server for trying things out. An access token lives
      ${accessTokenLifetime}&nbsp;seconds, and each refresh token works once: every refresh hands out the next
      one.
    </p>
    <ol class="steps">
      <li><strong>Connect.</strong> In <a href="${appUrl}">Evergrant</a>, connect a Sandbox account.</li>
      <li>
        <strong>Watch.</strong> Evergrant refreshes it before the token runs out. Each refresh shows up below.
      </li>
      <li><strong>Break.</strong> Revoke the grant, make refreshes fail, or take the provider down.</li>
      <li>
        <strong>Heal.</strong> Passing trouble heals by itself. After a revocation, reconnect in Evergrant.
      </li>
    </ol>
  </section>`
}

function faultPanel(accounts: readonly SandboxAccount[]) {
  return html`<section class="panel">
    <h2>Make refreshes fail</h2>
    <form class="fields" method="post" action="/control/fail">
      <label>How many<input type="number" name="count" value="1" min="1" max="1000" required /></label>
      <label
        >Whose<select name="account">
          <option value="">Any account's</option>
          ${accounts.map((account) => html`<option value="${account.id}">${account.name}</option>`)}
        </select></label
      >
      <label class="whole"
        >Answer<select name="kind">
          ${Object.entries(FAULTS).map(([kind, words]) => html`<option value="${kind}">${words}</option>`)}
        </select></label
      >
      <button class="primary whole">Fail the next ones</button>
    </form>
    <p class="note">
      Passing trouble leaves the grant alone. Losing the answer is the hard case: the next refresh token was
      handed out but never arrived, the old one is spent, and using it again ends the grant.
    </p>
  </section>`
}

function downPanel() {
  return html`<section class="panel">
    <h2>Take the provider down</h2>
    <form class="fields" method="post" action="/control/down">
      <label class="whole"
        >While down, the token endpoint<select name="mode">
          <option value="unavailable">answers 503</option>
          <option value="hang_up">closes the connection</option>
        </select></label
      >
      <button class="danger whole">Go down</button>
    </form>
    <p class="note">
      An outage should not cost a single grant, however long it lasts. Come up again and see.
    </p>
  </section>`
}

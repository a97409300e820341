import { avatar } from '#sandbox/views/avatar'
import { html } from '#sandbox/views/html'
import { layout } from '#sandbox/views/layout'
import type { SandboxAccount } from '#sandbox/accounts'

/** What each scope permits, said to the person who is asked. */
const MEANINGS: Record<string, string> = {
  openid: 'know which account this is',
  profile: 'see its name and user name',
  offline_access: 'stay connected while nobody is signed in (a refresh token)',
}

interface Question {
  uid: string
  client: string
  scopes: readonly string[]
  accounts: readonly SandboxAccount[]
  chosen: string | null
}

/** Asks which demo account is to be connected, and whether. */
export function consentView({ uid, client, scopes, accounts, chosen }: Question): string {
  const body = html`<form class="panel" method="post" action="/interaction/${uid}">
    <h1>Connect an account to ${client}</h1>
    <p>The accounts are made up and need no password. Pick one:</p>
    <fieldset class="choices">
      <legend class="hidden">Account</legend>
      ${accounts.map((account, index) => choice(account, chosen ? account.id === chosen : index === 0))}
    </fieldset>
    <p class="asks">${client} asks to:</p>
    <ul class="scopes">
      ${scopes.map((scope) => html`<li>${MEANINGS[scope] ?? 'use the scope'} <code>${scope}</code></li>`)}
    </ul>
    <div class="actions">
      <button class="primary" name="decision" value="allow">Allow</button>
      <button name="decision" value="deny">Deny</button>
    </div>
    <p class="note">Whatever you choose, you go straight back to ${client}. Deny is worth a try as well.</p>
  </form>`
  return layout({ title: 'Connect an account', body, width: 'narrow' })
}

function choice(account: SandboxAccount, checked: boolean) {
  return html`<label class="choice">
    <input type="radio" name="account" value="${account.id}" required ${checked && html`checked`} />
    ${avatar(account)}
    <span class="who"
      ><strong>${account.name}</strong><small>@${account.username} · ${account.about}</small></span
    >
  </label>`
}

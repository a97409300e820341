/** The states that the devices page has words for; one of them shows. */
const STATES = ['checking', 'unsupported', 'insecure', 'ios', 'denied', 'off', 'on']

/** A push service that has not answered after so many milliseconds will not. */
const PATIENCE = 20_000

/**
 * Alpine: what this browser can do about notifications, and the button that enables them. Permission is asked for only
 * after a click. The subscription goes to the server with the page's own form, so that there is one way to say it.
 */
export function pushPanel() {
  return {
    is: only('checking'),
    busy: false,
    problem: '',
    async init() {
      this.is = only(await stateOfBrowser())
    },
    async enable() {
      if (this.busy) return
      this.busy = true
      this.problem = ''
      try {
        await enable(this.$root)
      } catch (error) {
        this.problem = reasonFor(error, this.$root.dataset)
      }
      this.is = only(await stateOfBrowser())
      this.busy = false
    },
  }
}

function only(name) {
  return Object.fromEntries(STATES.map((state) => [state, state === name]))
}

async function stateOfBrowser() {
  if (!window.isSecureContext) return 'insecure'
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) {
    return isAppleTouch() ? 'ios' : 'unsupported'
  }
  if (Notification.permission === 'denied') return 'denied'
  return (await markOwnRow()) && Notification.permission === 'granted' ? 'on' : 'off'
}

// An iPad says that it is a Mac, but no Mac has a touch screen.
function isAppleTouch() {
  const { userAgent, maxTouchPoints } = navigator
  return /iPhone|iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)
}

/** Finds the row of this browser by the fingerprint of its endpoint; false where the server does not know it. */
async function markOwnRow() {
  const registration = await navigator.serviceWorker.getRegistration('/')
  const subscription = await registration?.pushManager.getSubscription()
  const key = document.querySelector('[data-key]')?.dataset.key
  if (!subscription || !isFor(subscription, key)) return false
  const bytes = new TextEncoder().encode(subscription.endpoint)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const fingerprint = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const row = document.querySelector(`[data-endpoint="${fingerprint}"]`)
  if (row) row.querySelector('[data-push-here]').hidden = false
  return row !== null
}

async function enable(panel) {
  // First of all: a browser asks only while it remembers the click.
  if ((await Notification.requestPermission()) !== 'granted') return
  await navigator.serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' })
  const { pushManager } = await navigator.serviceWorker.ready
  const former = await pushManager.getSubscription()
  const { key } = panel.dataset
  const keeps = former !== null && isFor(former, key)
  if (former && !keeps) await former.unsubscribe()
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) }
  const subscription = keeps ? former : await inTime(pushManager.subscribe(options))
  const { endpoint, keys } = subscription.toJSON()
  const form = panel.querySelector('[data-push-form]')
  const fields = { endpoint, ...keys, replaces: former?.endpoint ?? '' }
  for (const name of ['endpoint', 'p256dh', 'auth', 'replaces']) form.elements[name].value = fields[name]
  form.requestSubmit()
}

/** Chromium goes on asking a push service that it cannot reach, and says nothing meanwhile. */
function inTime(subscribing) {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new DOMException('The push service does not answer', 'AbortError')), PATIENCE)
  })
  return Promise.race([subscribing, late])
}

/** Whether a subscription takes messages that are signed with this key. Browsers that do not tell are believed. */
function isFor({ options }, key) {
  const own = options?.applicationServerKey
  if (!own) return true
  const wanted = bytesOf(key)
  const bytes = new Uint8Array(own)
  return bytes.length === wanted.length && bytes.every((byte, index) => byte === wanted[index])
}

function bytesOf(base64url) {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** In the reader's language: the page brings the sentences. */
function reasonFor({ name }, { unreachable, notAllowed, failed }) {
  if (name === 'AbortError') return unreachable
  return name === 'NotAllowedError' ? notAllowed : failed
}

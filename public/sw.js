/**
 * Shows what is pushed to this browser, and opens the page that it is about. It keeps no pages: everything that is seen
 * comes from the server.
 */
const FALLBACK = {
  title: 'Evergrant',
  body: 'Something needs your attention. Open the inbox to see what.',
  link: '/inbox',
}

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => {
  const { title, body, link, tag } = { ...FALLBACK, ...contentOf(event.data) }
  const look = { icon: '/icon-192.png', badge: '/badge-96.png' }
  event.waitUntil(self.registration.showNotification(title, { ...look, body, tag, data: { link } }))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(ownAddress(event.notification.data?.link)))
})

self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(renew(event.oldSubscription, event.newSubscription))
})

/** A browser may show something for every push, so what cannot be read is shown in general words. */
function contentOf(data) {
  try {
    return data?.json() ?? {}
  } catch {
    return {}
  }
}

/** Only pages of our own are opened, whatever a message says. */
function ownAddress(link) {
  const inbox = new URL(FALLBACK.link, self.location.origin)
  const wanted = link ?? inbox
  if (!URL.canParse(wanted, inbox)) return inbox.href
  const url = new URL(wanted, inbox)
  return url.origin === inbox.origin ? url.href : inbox.href
}

/** Shows a page in the tab that has it open, else in a new one. */
async function open(address) {
  const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const same = tabs.find((tab) => tab.url === address)
  return same ? same.focus() : self.clients.openWindow(address)
}

/**
 * The push service has ended a subscription: another one takes its place, and the server learns of it. Where nobody is
 * signed in any more, the devices page does the same when it is opened the next time.
 */
async function renew(former, given) {
  const answer = await fetch('/alerts/devices/key', { headers: { Accept: 'application/json' } })
  if (!answer.ok || answer.redirected) return
  const { public_key: key, csrf_token: token } = await answer.json()
  if (!key) return
  const options = { userVisibleOnly: true, applicationServerKey: key }
  const subscription = given ?? (await self.registration.pushManager.subscribe(options))
  const { endpoint, keys } = subscription.toJSON()
  const fields = { endpoint, ...keys, replaces: former?.endpoint ?? '', _csrf: token }
  await fetch('/alerts/devices', { method: 'POST', body: new URLSearchParams(fields) })
}

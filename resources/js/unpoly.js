import { isAnswer } from './live.js'

/** What is there sooner shows no sign of loading, in milliseconds. */
const LATE = 150

/** Links and forms swap the page below the rail; whatever cannot be swapped is loaded by the browser as usual. */
export function configureUnpoly() {
  const { up } = window
  up.log.disable()
  up.fragment.config.mainTargets = ['#page']
  up.link.config.followSelectors.push('a[href]')
  up.form.config.submitSelectors.push('form')
  up.link.config.noFollowSelectors.push('svg a')
  up.network.config.lateDelay = LATE
  up.preview('skeleton', skeleton)
  // Nobody waits for a poll, so nothing is dimmed for it.
  up.fragment.config.renderOptions.feedback = false
  up.fragment.config.navigateOptions.feedback = true
  up.layer.config.any.history = 'auto'
  Object.assign(up.layer.config.drawer, { position: 'right', size: 'large' })
  Object.assign(up.layer.config.overlay, { openDuration: 150, closeDuration: 120 })
  up.compiler('details[id]', restoreDetails)
  up.on('up:fragment:loaded', leaveWhenSignedOut)
  up.on('up:layer:opened', nameLayer)
}

/** Grey bars where a slow answer will stand: in the new drawer, or `below` an element in place of what follows that. */
function skeleton(preview, { below }) {
  const show = () =>
    below ? preview.insert(below, 'afterend', '#skeleton') : preview.showPlaceholder('#skeleton')
  const timer = setTimeout(show, LATE)
  preview.undo(() => clearTimeout(timer))
}

/** A drawer is called what its first heading says. */
function nameLayer({ layer }) {
  const heading = layer.element.querySelector('h1, h2')
  const dialog = layer.element.querySelector('[role=dialog]') ?? layer.element
  if (heading) dialog.setAttribute('aria-label', heading.textContent.trim().replace(/\s+/g, ' '))
}

const opened = new Set()

/** What somebody opened stays open when a poll brings it anew. */
function restoreDetails(element) {
  if (opened.has(element.id)) element.open = true
  element.addEventListener('toggle', () => {
    if (element.open) opened.add(element.id)
    else opened.delete(element.id)
    if (element.open && element.contains(document.activeElement))
      element.querySelector('[data-first]')?.focus()
  })
  // What is saved there is done with; what was refused opens by itself.
  if ('once' in element.dataset) element.addEventListener('submit', () => opened.delete(element.id))
}

/**
 * A poll or link that ends on a page without our shell (signed out, an error) opens that page as a whole. A poll that got no
 * answer leaves the page as it is, with what somebody is writing on it; the next one may do better.
 */
function leaveWhenSignedOut(event) {
  const { request, response } = event
  if (request.background && !isAnswer(response)) return event.preventDefault()
  const shellIsThere = /<div id="page"/.test(response.text ?? '')
  if (shellIsThere || response.status === 304 || new URL(response.url, location.href).pathname === '/pulse')
    return
  event.preventDefault()
  if (request.method === 'GET') location.assign(response.url)
  else location.assign('/')
}

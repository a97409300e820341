import { TIME } from './words.js'

/** Shows on a button how long its request has been taking, from the second second on, until the page answers. */
export function countSeconds(button) {
  const begun = Date.now()
  const shown = document.createElement('span')
  shown.className = 'num'
  shown.setAttribute('aria-hidden', 'true')
  button.append(shown)
  const timer = setInterval(() => {
    if (!button.isConnected) clearInterval(timer)
    else shown.textContent = TIME.span(Date.now() - begun)
  }, 1000)
}

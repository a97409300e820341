import { timeWords } from '../../app/transformers/time_words.ts'

/** Shows on a button how long its request has been taking, from the second second on, until the page answers. */
export function countSeconds(button) {
  const words = timeWords(document.documentElement.lang)
  const begun = Date.now()
  const shown = document.createElement('span')
  shown.className = 'num'
  shown.setAttribute('aria-hidden', 'true')
  button.append(shown)
  const timer = setInterval(() => {
    if (!button.isConnected) clearInterval(timer)
    else shown.textContent = words.span(Date.now() - begun)
  }, 1000)
}

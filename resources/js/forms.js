import { countSeconds } from './elapsed.js'

/** Selects that filter at once, and buttons that show that they work. */
export function startForms() {
  document.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement && 'autosubmit' in target.dataset) target.form?.requestSubmit()
  })
  window.up.on('up:form:submit', (event) => {
    event.submitButton?.classList.toggle('is-busy', 'busy' in event.submitButton.dataset)
    if (event.submitButton && 'elapsed' in event.submitButton.dataset) countSeconds(event.submitButton)
  })
  document.addEventListener('error', hideBrokenAvatar, true)
}

/** The initials behind a picture that cannot be loaded show instead. */
function hideBrokenAvatar({ target }) {
  if (target instanceof HTMLImageElement && 'avatar' in target.dataset) target.remove()
}

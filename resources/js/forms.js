/** Selects that filter at once, clean addresses, and buttons that show that they work. */
export function startForms() {
  document.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement && 'autosubmit' in target.dataset) target.form?.requestSubmit()
  })
  window.up.on('up:form:submit', (event) => {
    if (event.target.method === 'get') dropEmpty(event.params)
    event.submitButton?.classList.toggle('is-busy', 'busy' in event.submitButton.dataset)
  })
  document.addEventListener('error', hideBrokenAvatar, true)
}

/** An empty filter is no filter: it stays out of the URL. */
function dropEmpty(params) {
  for (const { name, value } of params.toArray()) if (value === '') params.delete(name)
}

/** The initials behind a picture that cannot be loaded show instead. */
function hideBrokenAvatar({ target }) {
  if (target instanceof HTMLImageElement && 'avatar' in target.dataset) target.remove()
}

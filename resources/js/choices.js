const YEAR = 365 * 24 * 3600

/** Remembers a choice in the cookie that the server reads before the next page is painted, and shows it at once. */
export function choose(name, value) {
  document.documentElement.dataset[name] = value
  const secure = location.protocol === 'https:' ? ';secure' : ''
  document.cookie = `${name}=${value};path=/;max-age=${YEAR};samesite=lax${secure}`
}

/** Forms that only remember a choice need no way to the server. */
export function startChoices() {
  document.addEventListener('submit', (event) => {
    const { choice } = event.target.dataset
    const button = event.submitter
    if (!choice || button?.name !== choice) return
    event.preventDefault()
    choose(choice, button.value)
    event.target.querySelector(`button[name="${choice}"]:not([value="${button.value}"])`)?.focus()
  })
}

const NEXT = { system: 'light', light: 'dark', dark: 'system' }
const YEAR = 365 * 24 * 3600

/** Switches to the next theme and remembers it in the cookie that the server reads before the next page is painted. */
export function cycleTheme() {
  const root = document.documentElement
  const theme = NEXT[root.dataset.theme] ?? 'light'
  root.dataset.theme = theme
  const secure = location.protocol === 'https:' ? ';secure' : ''
  document.cookie = `theme=${theme};path=/;max-age=${YEAR};samesite=lax${secure}`
  for (const button of document.querySelectorAll('[data-theme-button]')) {
    button.value = NEXT[theme]
    button.title = `Theme: ${theme} (t)`
    button.setAttribute('aria-label', `Theme: ${theme}. Switch to ${NEXT[theme]}`)
  }
}

/** Alpine: the form around the theme button. */
export function themeToggle() {
  return { cycle: () => cycleTheme() }
}

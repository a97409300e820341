/**
 * The keys of an entry that was opened from a list: `j` for the older one, `k` for the newer one. They are the page's own
 * links; while they are there, the rows behind do not hear the keys.
 */
export function startSteps() {
  document.addEventListener('keydown', step, true)
}

function step(event) {
  const { key, target } = event
  if (event.ctrlKey || event.metaKey || event.altKey || (key !== 'j' && key !== 'k')) return
  if (document.documentElement.dataset.shortcuts === 'off' || document.querySelector('dialog[open]')) return
  if (target instanceof Element && target.closest('input, textarea, select, [contenteditable]')) return
  if (!document.querySelector('[data-steps]')) return
  event.stopImmediatePropagation()
  event.preventDefault()
  document.querySelector(`[data-step="${key}"]`)?.click()
}

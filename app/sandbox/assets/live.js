// Keeps the changing part of the page fresh while somebody looks at it.
const region = document.getElementById('live')
let shown = ''

async function update() {
  if (document.hidden) return
  const response = await fetch('/live', { headers: { Accept: 'text/html' } })
  const text = await response.text()
  if (!response.ok || text === shown) return
  const focused = document.activeElement?.id
  region.innerHTML = text
  shown = text
  if (focused) document.getElementById(focused)?.focus()
}

async function loop() {
  await update().catch(() => {})
  setTimeout(loop, 1500)
}

document.addEventListener('visibilitychange', () => update().catch(() => {}))
loop()

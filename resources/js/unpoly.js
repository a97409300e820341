/** Links and forms swap the page below the rail; whatever cannot be swapped is loaded by the browser as usual. */
export function configureUnpoly() {
  const { up } = window
  up.log.disable()
  up.fragment.config.mainTargets = ['#page']
  up.link.config.followSelectors.push('a[href]')
  up.form.config.submitSelectors.push('form')
  up.layer.config.any.history = 'auto'
  up.on('up:fragment:loaded', leaveWhenSignedOut)
}

/** A poll or link that ends on a page without our shell (signed out, an error) opens that page as a whole. */
function leaveWhenSignedOut(event) {
  const { response } = event
  const shellIsThere = /<div id="page"/.test(response.text ?? '')
  if (shellIsThere || response.status === 304 || new URL(response.url, location.href).pathname === '/pulse')
    return
  event.preventDefault()
  if (event.request.method === 'GET') location.assign(response.url)
  else location.assign('/')
}

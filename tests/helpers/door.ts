/** The form of signing in, as a browser gets it from a process that serves at this address. */
export async function signInForm(url: string) {
  const page = await fetch(`${url}/login`)
  const [, csrf] = /name='_csrf' value='([^']+)'/.exec(await page.text()) ?? []
  if (!csrf) throw new Error('the page has no form')
  const cookies = page.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  return {
    headers: page.headers,
    /** Sends it. */
    send: (email: string, password: string, headers: Record<string, string> = {}) =>
      fetch(`${url}/login`, {
        method: 'POST',
        body: new URLSearchParams({ _csrf: csrf, email, password }),
        headers: { accept: 'text/html', ...headers, cookie: cookies.join('; ') },
        redirect: 'manual',
      }),
  }
}

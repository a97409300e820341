import type { ApiClient, ApiRequest, ApiResponse } from '@japa/api-client'
import type { Role } from '#models/membership'
import { addressIn, allRoutes } from '#tests/helpers/crawl/addresses'
import { PAGES, type PageRow } from '#tests/helpers/crawl/page_table'
import { PASSWORD } from '#tests/helpers/people'
import type { SeededInstallation } from '#tests/helpers/seeded_installation'

/** A page as somebody gets it. */
export interface SeenPage {
  /** What the test calls it: the route, and what is special about this look at it. */
  name: string
  path: string
  /** Who looks; null: somebody who has not signed in. */
  as: Role | null
  /** The page is the answer to this form. */
  form?: Readonly<Record<string, string>>
}

/** Addresses that answer with no page, and what they answer with. */
export const NO_PAGES: Readonly<Record<string, string>> = {
  '/health/live': 'JSON for supervisors',
  '/health/ready': 'JSON for supervisors',
  '/health': 'JSON for supervisors',
  '/ready': 'JSON for supervisors',
  '/metrics': 'text for Prometheus',
  '/api/openapi.json': 'JSON for programs',
  '/oauth/clients/:provider/client-metadata.json': 'JSON for providers',
  '/connect/:provider/callback': 'leads on',
  '/accounts/suggestions': 'a piece of a page, which the list of accounts shows',
  '/accounts/export': 'a file',
  '/audit/export': 'a file',
  '/runs/:id/report/:format': 'a file',
  '/inbox/:id/open': 'leads on',
  '/alerts/devices/key': 'JSON for the script of the page',
  '/settings': 'leads on',
  '/settings/two-factor/confirm':
    'leads to the page of security, for whoever loads the answer to the form again',
  '/settings/two-factor/codes': 'leads to the page of security, likewise',
  '/pulse': 'a piece of a page, which every page shows',
  // These follow forms, which `answersOf` fills in.
  '/settings/two-factor': 'leads on before the form of the page before it',
  '/login/two-factor': 'leads on before a password was given',
}

/** Patterns of all GET routes that are no calls of the API. */
export function getRoutes(): string[] {
  return allRoutes()
    .filter((route) => route.startsWith('GET ') && !route.startsWith('GET /api/v1/'))
    .map((route) => route.slice('GET '.length))
}

/**
 * Every page of the installation: each GET route once, as whom it is made for, and the states that look different. What
 * an address names is told by `tests/helpers/crawl/page_table.ts`; a route without a row there is left out, and missed by
 * `tests/functional/page_languages.spec.ts`.
 */
export async function pagesOf(installation: SeededInstallation): Promise<SeenPage[]> {
  const pages: SeenPage[] = []
  for (const pattern of getRoutes().filter((one) => !(one in NO_PAGES))) {
    const row = PAGES[`GET ${pattern}`] as PageRow | undefined
    if (!row) continue
    const as = typeof row.open === 'string' ? null : (row.may ?? row.open)[0]
    const path = await pathOf(installation, pattern, row, as)
    pages.push({ name: pattern, as, path: row.query ? `${path}?${row.query}` : path })
  }
  return [...pages, ...statesOf(installation), ...(await answersOf(installation))]
}

async function pathOf(
  { tenant, runs, signed }: SeededInstallation,
  pattern: string,
  row: PageRow,
  as: Role | null
): Promise<string> {
  if (pattern === '/link/:id') return signed.link
  if (pattern === '/invitations/:token') return signed.invitation
  if (pattern === '/runs/:id') return `/runs/${runs.failed}`
  if (pattern === '/runs/:id/links') return `/runs/${runs.links}/links`
  return addressIn(tenant, pattern, row, as ?? 'admin')
}

/** Pages that forms answer with: most show something this once. */
async function answersOf({ tenant, guarded }: SeededInstallation): Promise<SeenPage[]> {
  const invitation = await tenant.make('invitation', 'admin')
  const hook = { kind: 'webhook', name: 'Second hook', address: 'https://hooks.example.com/second' }
  const forms: Record<string, [string, Record<string, string>]> = {
    'a key that was made': ['/api-keys', { name: 'Program', which: 'all', expiry: '30' }],
    'a key without a name': ['/api-keys', { name: '', which: 'chosen' }],
    'an invitation that was renewed': [`/settings/invitations/${invitation}/renew`, {}],
    'a channel that was made': ['/alerts/channels', hook],
    'a channel without an address': ['/alerts/channels', { ...hook, address: 'nowhere' }],
    'a second factor that was begun': ['/settings/two-factor', { password: PASSWORD }],
    'a second factor that was refused': ['/settings/two-factor/confirm', { code: '000000' }],
    'a form that has expired': ['/settings/profile', { _csrf: 'of-another-day' }],
  }
  const answers = Object.entries(forms).map(([name, [path, form]]): SeenPage => ({
    name,
    path,
    form,
    as: 'admin',
  }))
  const signIn = (name: string, email: string, password: string): SeenPage => ({
    ...{ name, path: '/login', as: null },
    form: { email, password },
  })
  return [
    ...answers,
    signIn('a sign-in that was refused', 'nobody@example.com', 'not the password'),
    signIn('a sign-in with a second factor', tenant.people[guarded.role].email, PASSWORD),
    {
      ...{ name: 'recovery codes', path: '/settings/two-factor/codes', as: guarded.role },
      form: { password: PASSWORD },
    },
  ]
}

/** Looks at a page that differ from the first one in more than their figures. */
function statesOf({ accounts, tenant, archived, mcpServer }: SeededInstallation): SeenPage[] {
  const byAdmin: Record<string, string> = {
    'not found': '/nothing',
    'overview, longer periods': '/?period=7d&horizon=90d',
    'accounts, none fits': '/accounts?q=nobody',
    'accounts, filtered': '/accounts?q=status:reconnect',
    'accounts, a word that is wrong': '/accounts?q=stauts:vip',
    'activity, none fits': '/activity?outcome=superseded',
    'audit, none fits': '/audit?target=nothing',
    'bulk, disconnect': `/accounts/bulk/disconnect?ids=${accounts.healthy.id}`,
    'alerts, new channel': '/alerts/channels/new?kind=webhook',
    'campaigns, archived': '/campaigns?archived=yes',
    'campaign, archived': `/campaigns/${archived}`,
    'provider, MCP server': `/providers/${mcpServer}`,
  }
  // The second and the third are there to be grouped with the first.
  const states = Object.entries(accounts).filter(([state]) => !/\d$/.test(state))
  for (const [state, { id }] of states) byAdmin[`account, ${state}`] = `/accounts/${id}`
  for (const tab of ['timeline', 'calls', 'settings'])
    byAdmin[`account, tab ${tab}`] = `/accounts/${accounts.reconnect.id}?tab=${tab}`
  const seen = Object.entries(byAdmin).map(([name, path]): SeenPage => ({
    name,
    path,
    as: name === 'not found' ? null : 'admin',
  }))
  const campaign = `/campaigns/${tenant.latest('campaign')}`
  const others: [string, string, Role][] = [
    ['accounts', '/accounts', 'viewer'],
    ['account', `/accounts/${accounts.reconnect.id}`, 'viewer'],
    ['overview', '/', 'viewer'],
    ['campaign', campaign, 'game_master'],
    ['inbox', '/inbox', 'streamer'],
    ['not allowed', '/settings/people', 'viewer'],
  ]
  return [...seen, ...others.map(([name, path, as]) => ({ name: `${name}, ${as}`, path, as }))]
}

/** A page as it comes, after its form where it answers one. */
export async function openInProcess(
  client: ApiClient,
  { tenant }: SeededInstallation,
  { path, as, form }: Omit<SeenPage, 'name'>,
  locale = 'en'
): Promise<ApiResponse> {
  const asked = (request: ApiRequest) => {
    const told = request.header('Accept', 'text/html').header('Accept-Language', locale).redirects(0)
    return as === null ? told : told.loginAs(tenant.people[as])
  }
  if (!form) return asked(client.get(path))
  const posted = client.post(path).form(form)
  const answer = await asked('_csrf' in form ? posted : posted.withCsrfToken())
  if (answer.status() !== 303 && answer.status() !== 302) return answer
  const next = asked(client.get(String(answer.header('location'))))
  return next.withSession(answer.session()).withFlashMessages(answer.flashMessages())
}

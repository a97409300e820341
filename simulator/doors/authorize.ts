import { refuse, type Outcome, type Visit } from '#simulator/doors/visit'
import type { AuthorizeRules } from '#simulator/types'

/** The consent page (RFC 6749 §4.1.1), with a person who always agrees: it redirects back at once. */
export function authorize(visit: Visit): Outcome {
  const { vendor, door, params, now } = visit
  const rules = door.authorize
  if (!rules) throw new Error(`${door.url} has no rules of authorization`)
  const { redirect_uri: redirectUri, state } = params
  const problem = pkceProblem(rules, params)
  if (problem || !redirectUri || !URL.canParse(redirectUri)) return refuse(visit, 'param')
  const account = vendor.account(vendor.consenting)
  const code = vendor.newCode({
    account,
    redirectUri,
    challenge: rules.pkce === 'unknown' ? null : (params.code_challenge ?? null),
    asked: params,
    offline: Object.entries(rules.offline ?? {}).every(([name, rule]) => rule.test(params[name] ?? '')),
    expiresAt: now + rules.codeLife,
  })
  const back = new URL(redirectUri)
  back.searchParams.set(rules.codeParam ?? 'code', code)
  if (state !== undefined) back.searchParams.set('state', state)
  if (rules.issuer) back.searchParams.set('iss', rules.issuer)
  for (const [name, value] of Object.entries(rules.adds ?? {})) back.searchParams.set(name, value)
  const location = back.href + (rules.fragment ?? '')
  const reply = { status: 302, headers: { location }, body: null }
  return { reply, account, presented: null, verdict: 'ok', violation: null }
}

function pkceProblem({ pkce }: AuthorizeRules, params: Readonly<Record<string, string>>): boolean {
  const { code_challenge: challenge, code_challenge_method: method } = params
  if (challenge === undefined) return pkce === 'demanded'
  return pkce !== 'unknown' && (method !== 'S256' || !/^[\w-]{43}$/.test(challenge))
}

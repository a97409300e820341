import type { AuditAction } from '#services/audit/actions'
import type { TargetKind } from '#services/audit/targets'
import type User from '#models/user'
import { Secret } from '#oauth/secret'
import { codeAt } from '#tests/helpers/people_fixture'
import { PASSWORD } from '#tests/helpers/people'
import type { AuditedRoute } from '#tests/helpers/audit/audit_pages'
import type { AuditScene } from '#tests/helpers/audit/audit_scene'
import type { Visitor } from '#tests/helpers/visitor'

interface Step {
  path: string
  form?: Record<string, string>
  id?: string
}

/** A form that an admin of their own sends, after what must come before it; the entry is theirs. */
function own(
  action: AuditAction,
  target: TargetKind | null,
  make: (visitor: Visitor, user: User, scene: AuditScene) => Promise<Step>
): AuditedRoute {
  const act = async (scene: AuditScene) => {
    const { visitor, user } = await scene.visitor()
    const {
      path,
      form = {},
      id = target === 'person' ? user.id : undefined,
    } = await make(visitor, user, scene)
    return { status: (await visitor.post(path, form)).status(), id }
  }
  return { action, target, act }
}

const password = { password: PASSWORD }

/** Begins to set up the second factor, and returns the code that its app shows now. */
async function begun(visitor: Visitor): Promise<string> {
  await visitor.post('/settings/two-factor', password)
  const page = (await visitor.get('/settings/two-factor')).text()
  const key = /class="copy-text">([A-Z2-7 ]+)</.exec(page)?.[1] ?? ''
  return codeAt(new Secret(key.replaceAll(' ', '')), { now: Date.now })
}

async function turnedOn(visitor: Visitor): Promise<void> {
  await visitor.post('/settings/two-factor/confirm', { code: await begun(visitor) })
}

const onMember = (action: AuditAction, path: string, form: Record<string, string> = {}) =>
  own(action, 'member', async (_visitor, _user, scene) => {
    const id = await scene.gameMaster()
    return { path: `/settings/people/${id}/${path}`, form, id }
  })

const onInvitation = (word: 'withdraw' | 'renew', action: AuditAction) =>
  own(action, null, async (visitor) => {
    await visitor.post('/settings/invitations', { email: `${word}@example.org`, role: 'viewer' })
    const page = (await visitor.get('/settings/people')).text()
    const id = new RegExp(`/settings/invitations/([0-9a-f-]{36})/${word}`).exec(page)?.[1]
    return { path: `/settings/invitations/${id}/${word}` }
  })

/** The routes of people: their own settings, and who belongs to an organization. */
export const PEOPLE: Readonly<Record<string, AuditedRoute>> = {
  'POST /settings/profile': own('profile.update', 'person', async () => ({
    path: '/settings/profile',
    form: { name: 'Ana', locale: 'fr', timeZone: 'Europe/Paris' },
  })),
  'POST /settings/password': own('profile.change_password', 'person', async () => ({
    path: '/settings/password',
    form: { current: PASSWORD, password: 'a SECRET new password', again: 'a SECRET new password' },
  })),
  'POST /settings/sessions/end': own('profile.end_sessions', 'person', async () => ({
    path: '/settings/sessions/end',
  })),
  'POST /settings/two-factor': own('two_factor.begin', 'person', async () => ({
    path: '/settings/two-factor',
    form: password,
  })),
  'POST /settings/two-factor/confirm': own('two_factor.enable', 'person', async (visitor) => ({
    path: '/settings/two-factor/confirm',
    form: { code: await begun(visitor) },
  })),
  'POST /settings/two-factor/codes': own('two_factor.new_recovery_codes', 'person', async (visitor) => {
    await turnedOn(visitor)
    return { path: '/settings/two-factor/codes', form: password }
  }),
  'POST /settings/two-factor/remove': own('two_factor.disable', 'person', async (visitor) => {
    await turnedOn(visitor)
    return { path: '/settings/two-factor/remove', form: password }
  }),
  'POST /settings/people/:user/role': onMember('member.change_role', 'role', { role: 'viewer' }),
  'POST /settings/people/:user/remove': onMember('member.remove', 'remove'),
  'POST /settings/people/:user/two-factor/reset': onMember('member.reset_two_factor', 'two-factor/reset'),
  'POST /settings/invitations': own('invitation.create', null, async () => ({
    path: '/settings/invitations',
    form: { email: 'new@example.org', role: 'viewer' },
  })),
  'POST /settings/invitations/:id/renew': onInvitation('renew', 'invitation.resend'),
  'POST /settings/invitations/:id/withdraw': onInvitation('withdraw', 'invitation.withdraw'),
  'POST /settings/organization': own(
    'organization.update',
    'organization',
    async (_visitor, _user, scene) => ({
      ...{ path: '/settings/organization', id: scene.organization.id },
      form: { name: 'Renamed' },
    })
  ),
  'POST /organizations': own('organization.create', 'organization', async () => ({
    path: '/organizations',
    form: { name: 'Another', slug: `another-${Date.now()}` },
  })),
  'POST /organizations/switch': own('organization.switch', null, async (_visitor, _user, scene) => ({
    path: '/organizations/switch',
    form: { organization: scene.organization.id },
  })),
}

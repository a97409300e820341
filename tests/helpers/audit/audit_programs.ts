import app from '@adonisjs/core/services/app'
import type { AuditedRoute } from '#tests/helpers/audit/audit_pages'
import type { AuditScene } from '#tests/helpers/audit/audit_scene'

async function aKey({ organization }: AuditScene): Promise<string> {
  const keys = await app.container.make('apiKeys')
  const own = { organizationId: organization.id, name: 'Nightly job', createdBy: null }
  return (await keys.create({ ...own, abilities: ['runs:read'], lifetime: null })).apiKey.id
}

/** The routes of the pages about programs. */
export const PROGRAMS: Readonly<Record<string, AuditedRoute>> = {
  'POST /api-keys': {
    ...{ action: 'api_key.create', target: 'api_key' },
    act: async (scene) => ({
      status: await scene.post('/api-keys', { name: 'CI', which: 'all', expiry: '30' }),
    }),
  },
  'POST /api-keys/:id/rotate': {
    ...{ action: 'api_key.rotate', target: 'api_key' },
    async act(scene) {
      const id = await aKey(scene)
      return { status: await scene.post(`/api-keys/${id}/rotate`, { overlap: '24h' }), id }
    },
  },
  'POST /api-keys/:id/revoke': {
    ...{ action: 'api_key.revoke', target: 'api_key' },
    async act(scene) {
      const id = await aKey(scene)
      return { status: await scene.post(`/api-keys/${id}/revoke`), id }
    },
  },
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { openSandbox } from '#tests/helpers/sandbox_client'

test.group('Sandbox provider: the file', (group) => {
  let folder: string
  group.each.setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-'))
    return () => rm(folder, { recursive: true, force: true })
  })

  test('grants, spent tokens and keys outlive a restart', async (context) => {
    const { assert } = context
    const file = join(folder, 'deeper', 'sandbox.sqlite3')
    const before = await openSandbox(context, { file })
    const { refreshToken } = await before.control.mintGrant('nova-hollis')
    const { body } = await before.client.refresh(refreshToken)
    const keys = await before.client.json('/jwks')
    await before.sandbox.close()

    const after = await openSandbox(context, { file })
    assert.deepEqual(await after.client.json('/jwks'), keys)
    assert.equal(await after.client.refreshStatus(body.refresh_token), 200)
    assert.equal(await after.client.refreshError(refreshToken), 'invalid_grant')
    assert.equal(after.control.requests().reuseDetections, 1)
  })
})

test.group('Sandbox provider: starting', () => {
  test('in production it refuses', async (context) => {
    await context.assert.rejects(
      () => openSandbox(context, { production: true }),
      /does not run with NODE_ENV=production/
    )
  })

  test('a port that is taken is said in one sentence that names SANDBOX_PORT', async (context) => {
    const { sandbox } = await openSandbox(context)
    await context.assert.rejects(
      () => openSandbox(context, { port: sandbox.port }),
      /is taken .* set SANDBOX_PORT/
    )
  })

  test('closing twice is harmless', async (context) => {
    const { sandbox, client, control } = await openSandbox(context)
    const { refreshToken } = await control.mintGrant('nova-hollis')
    await client.refresh(refreshToken)
    await Promise.all([sandbox.close(), sandbox.close()])
    await context.assert.rejects(() => fetch(sandbox.issuer))
  })
})

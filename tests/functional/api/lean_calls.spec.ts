/** What a call of the API does not pay for, because only pages need it. */
import { test } from '@japa/runner'
import edge from 'edge.js'
import { appUrl } from '#config/app'
import { anApiCaller } from '#tests/helpers/api_caller'
import { emptyTables } from '#tests/helpers/database'

test.group('API: lean calls', (group) => {
  group.each.setup(() => emptyTables())

  test('no call makes a renderer of views; a page makes one', async ({ assert, cleanup }) => {
    const { createRenderer } = edge
    cleanup(() => void (edge.createRenderer = createRenderer))
    let made = 0
    edge.createRenderer = () => {
      made += 1
      return createRenderer.call(edge)
    }
    const { get } = await anApiCaller()
    assert.equal((await get('/runs')).status, 200)
    assert.equal((await get('/runs/nonsense')).status, 404)
    assert.equal(made, 0)
    assert.equal((await fetch(`${appUrl}/login`)).status, 200)
    assert.equal(made, 1)
  })

  test('files are served to pages as before', async ({ assert }) => {
    const answer = await fetch(`${appUrl}/mark.svg`)
    assert.equal(answer.status, 200)
    assert.include(answer.headers.get('content-type'), 'image/svg+xml')
  })
})

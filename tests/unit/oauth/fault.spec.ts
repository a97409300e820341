import { test } from '@japa/runner'
import { fault, FAULT_CODES, faultSentence, faultWords } from '#oauth/fault'
import { MCP_FAULT_CODES, mcpFault } from '#services/mcp/mcp_fault'

test.group('What is wrong with a provider', () => {
  test('is said in English with its values, and with provider and field', ({ assert }) => {
    const wrong = fault('choice', { allowed: '1, 2' })
    assert.equal(faultWords(wrong), 'must be one of 1, 2')
    assert.equal(
      faultSentence({ id: 'acme', field: 'strikes', ...wrong }),
      'acme: strikes: must be one of 1, 2'
    )
    assert.equal(faultSentence({ id: '', field: '', ...fault('empty') }), 'must not be empty')
  })

  test('every code has words, and no others have any', async ({ assert }) => {
    const { default: words } = await import('../../../resources/lang/en/faults.json', {
      with: { type: 'json' },
    })
    assert.sameMembers(Object.keys(words.entry), [...FAULT_CODES])
    assert.sameMembers(Object.keys(words.mcp), [...MCP_FAULT_CODES])
  })

  test('a code that a server chose never passes for one of ours that needs values', ({ assert }) => {
    const failure = { class: 'configuration' as const, description: null, status: null, retryAfter: null }
    assert.deepEqual(mcpFault({ ...failure, code: 'no_pkce' }), { code: 'no_pkce', values: {} })
    for (const code of ['url_private', 'busy', 'toString'])
      assert.deepEqual(mcpFault({ ...failure, code }), { code: 'unconnectable', values: { code } })
  })
})

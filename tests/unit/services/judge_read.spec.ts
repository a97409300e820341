import { test } from '@japa/runner'
import { GRAPH_FAILURES } from '#oauth/providers/meta_rules'
import { personProblem } from '#services/token_manager/judge_read'
import { toTokenRow } from '#services/token_manager/token_row'
import { provider as aProvider } from '../oauth/helpers.js'

test.group('What a person is told to do about a locked account', () => {
  const provider = aProvider({ failures: [...GRAPH_FAILURES] })
  const told = (errorCode: string) => {
    const row = { ...toTokenRow({ scopes: '[]' }), status: 'error', statusReason: 'locked', errorCode }
    const problem = personProblem({ row, provider, now: 0, strikeWindow: 0 })
    return problem?.who === 'person' ? problem.instruction : null
  }

  test('is the instruction of the finer code, where there is one', ({ assert }) => {
    assert.match(told('190/459') ?? '', /pass the check/)
    assert.match(told('190/464') ?? '', /confirm the account/)
  })

  test('is that of the first rule for a lock otherwise', ({ assert }) => {
    assert.match(told('190') ?? '', /pass the check/)
    assert.match(told('999') ?? '', /pass the check/)
  })
})

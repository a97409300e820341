import { setImmediate as turn } from 'node:timers/promises'
import { test } from '@japa/runner'
import { onceATurn } from '#services/once_a_turn'

test.group('Once a turn', () => {
  test('asks once within a turn, also where promises settle meanwhile, and anew in the next', async ({
    assert,
  }) => {
    let asked = 0
    const mark = onceATurn(() => ++asked)
    assert.deepEqual([mark(), mark()], [1, 1])
    await Promise.resolve()
    assert.equal(mark(), 1)
    await turn()
    assert.deepEqual([mark(), mark()], [2, 2])
  })

  test('remembers null as an answer, and an error as none', async ({ assert }) => {
    const answers: (() => null)[] = [
      () => null,
      () => {
        throw new Error('busy')
      },
    ]
    const mark = onceATurn(() => answers.pop()?.())
    assert.throws(mark, 'busy')
    assert.isNull(mark())
    assert.isNull(mark())
  })
})

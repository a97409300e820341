import Connection from '#models/connection'
import { MOST_TAGS } from '#services/bulk/bulk_actions'
import type { Changed } from '#services/bulk/change_run'
import { writeTransaction } from '#services/write_transaction'

/** Gives an account a tag or takes it away, whatever others do to its tags meanwhile. */
export function changeTag(
  organizationId: string,
  id: string,
  tag: string,
  action: 'tag' | 'untag'
): Promise<Changed> {
  return writeTransaction(async (trx) => {
    // The row is held first, so that its tags are those that the next statement replaces.
    const own = () =>
      Connection.query({ client: trx }).where('organization_id', organizationId).where('id', id)
    await own().update({ provider: trx.raw('provider') })
    const connection = await own().select('id', 'tags').first()
    if (!connection) return { status: 'failed', reason: 'not_found' }
    const has = connection.tags.includes(tag)
    if (has === (action === 'tag')) return { status: 'skipped', reason: has ? 'has_tag' : 'has_no_tag' }
    if (!has && connection.tags.length >= MOST_TAGS) return { status: 'failed', reason: 'too_many_tags' }
    const tags = has ? connection.tags.filter((one) => one !== tag) : [...connection.tags, tag]
    await own().update({ tags: JSON.stringify(tags) })
    return { status: has ? 'untagged' : 'tagged', reason: null }
  })
}

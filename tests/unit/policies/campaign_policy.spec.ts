import { test } from '@japa/runner'
import { ROLES, type Role } from '#models/membership'
import {
  mayAdministerCampaigns,
  mayAuthorize,
  mayEditCampaign,
  mayLead,
  mayRevoke,
  maySeeCampaign,
  maySeeMember,
} from '#policies/campaign_policy'

const ME = 'me'

type Right = 'see' | 'seeMember' | 'authorize' | 'revoke' | 'lead' | 'edit' | 'administer'

interface Case {
  isGameMaster: boolean
  owns: boolean
}

function rightsOf(role: Role, { isGameMaster, owns }: Case): Right[] {
  const who = { userId: ME, role }
  const standing = { isGameMaster, ownsMember: owns }
  const channel = { ownerUserId: owns ? ME : 'somebody' }
  const rights: [Right, boolean][] = [
    ['see', maySeeCampaign(who, standing)],
    ['seeMember', maySeeMember(who, standing, channel)],
    ['authorize', mayAuthorize(who, channel)],
    ['revoke', mayRevoke(who, standing, channel)],
    ['lead', mayLead(who, standing)],
    ['edit', mayEditCampaign(who, standing)],
    ['administer', mayAdministerCampaigns(who)],
  ]
  return rights.filter(([, granted]) => granted).map(([right]) => right)
}

const ALL: Right[] = ['see', 'seeMember', 'authorize', 'revoke', 'lead', 'edit', 'administer']
const OWN: Right[] = ['see', 'seeMember', 'authorize', 'revoke']
const LEADS: Right[] = ['see', 'seeMember', 'revoke', 'lead', 'edit']
const LOOKS: Right[] = ['see', 'seeMember']

/** What each role may do: as nobody in particular, as a listed game master, as the owner of the channel, as both. */
const TABLE: Record<Role, [Right[], Right[], Right[], Right[]]> = {
  admin: [ALL, ALL, ALL, ALL],
  operator: [ALL, ALL, ALL, ALL],
  game_master: [[], LEADS, OWN, ['see', 'seeMember', 'authorize', 'revoke', 'lead', 'edit']],
  streamer: [[], [], OWN, OWN],
  viewer: [LOOKS, LOOKS, LOOKS, LOOKS],
}

const CASES: Case[] = [
  { isGameMaster: false, owns: false },
  { isGameMaster: true, owns: false },
  { isGameMaster: false, owns: true },
  { isGameMaster: true, owns: true },
]

test.group('Campaign policy', () => {
  for (const role of ROLES) {
    for (const [index, one] of CASES.entries()) {
      const stands = `${one.isGameMaster ? 'listed' : 'not listed'}, ${one.owns ? 'own' : 'foreign'} channel`
      test(`${role}, ${stands}`, ({ assert }) => {
        assert.deepEqual(rightsOf(role, one), TABLE[role][index])
      })
    }
  }

  test('a channel without an owner belongs to no one, not even to a key without a user', ({ assert }) => {
    const key = { userId: null, role: 'streamer' as const }
    assert.isFalse(mayAuthorize(key, { ownerUserId: null }))
    assert.isTrue(mayAuthorize({ ...key, role: 'operator' }, { ownerUserId: null }))
  })
})

import { FirstPerson } from '#services/people/first_person'
import { InvitationService } from '#services/people/invitation_service'
import { JoinService } from '#services/people/join_service'
import { MemberService } from '#services/people/member_service'
import { ProfileService } from '#services/people/profile_service'
import type { PasswordHash, PeopleDependencies } from '#services/people/types'
import { OrganizationService } from '#services/organizations/organization_service'

interface PeopleOptions extends PeopleDependencies {
  hash: PasswordHash
  /** So many random bytes. */
  random: (length: number) => Buffer
  /** The languages that people may choose from. */
  locales: readonly string[]
}

/** Who may come in, where they belong, and what they change about themselves. */
export interface People {
  members: MemberService
  invitations: InvitationService
  joining: JoinService
  profiles: ProfileService
  organizations: OrganizationService
  firstPerson: FirstPerson
}

export function buildPeople(options: PeopleOptions): People {
  const invitations = new InvitationService(options)
  return {
    invitations,
    members: new MemberService(options),
    joining: new JoinService({ ...options, invitations }),
    profiles: new ProfileService(options),
    organizations: new OrganizationService(options),
    firstPerson: new FirstPerson(options),
  }
}

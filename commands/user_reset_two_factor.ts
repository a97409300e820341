import { flags } from '@adonisjs/core/ace'
import { EvergrantCommand } from '#services/command_support'

export default class UserResetTwoFactor extends EvergrantCommand {
  static commandName = 'user:reset-two-factor'
  static audits = 'member.reset_two_factor' as const
  static description = 'Take the second factor of a person away, who then signs in with the password alone'
  static help = [
    'For people who lost their authenticator app and their recovery codes. Make sure that it is really they who ask.',
    'Exit codes: 0 there is none any more, 2 nobody of the organization signs in with this address.',
  ]

  @flags.string({ description: 'E-mail address of the person', required: true })
  declare email: string

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const { memberByEmail } = await import('#services/membership_of')
    const member = await memberByEmail(organizationId, this.email)
    if (!member) return this.refuse(`Nobody in this organization signs in with ${this.email}.`)
    const twoFactor = await this.app.container.make('twoFactor')
    const had = await twoFactor.reset(member.userId)
    const now = had
      ? 'is signed out everywhere, and signs in with the password alone now'
      : 'has no second factor'
    this.print(`${this.email} ${now}.`)
  }
}

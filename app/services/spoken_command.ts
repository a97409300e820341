import { flags } from '@adonisjs/core/ace'
import { CommandSpeech } from '#services/command_speech'
import { EvergrantCommand } from '#services/command_support'
import type { NoOrganization } from '#services/organization_choice'
import type { ProgressWords } from '#services/verification/verification_progress'

/** A command that speaks the languages of the pages. JSON, codes and reports are alike in all of them. */
export abstract class SpokenCommand extends EvergrantCommand {
  @flags.string({ description: 'Language of what is said to people: en, fr or ja; English unless told' })
  declare lang?: string

  declare protected speech: CommandSpeech

  /** Learns the language that is asked for; false after telling that there is none of this name. */
  protected async learnLanguage(): Promise<boolean> {
    const manager = await this.app.container.make('i18n')
    const known = manager.supportedLocales()
    const locale = known.find((one) => one === (this.lang ?? manager.defaultLocale))
    this.speech = new CommandSpeech(manager.locale(locale ?? manager.defaultLocale))
    if (locale) return true
    this.refuse(this.speech.say('commands.unknown_language', { name: this.lang, known: known.join(', ') }))
    return false
  }

  /** The organization that is meant, once the language is known; null after telling what is missing. */
  protected async organizationId(): Promise<string | null> {
    return (await this.learnLanguage()) ? super.organizationId() : null
  }

  protected noOrganization({ code, values }: NoOrganization): string {
    return this.speech.say(`commands.no_organization.${code}`, values)
  }

  /** Refuses a provider that nobody knows here. */
  protected async refuseProvider(organizationId: string, name: string): Promise<void> {
    const engine = await this.app.container.make('engine')
    const known = engine.catalogue.visibleTo(organizationId).map(({ id }) => id)
    this.refuse(this.speech.say('commands.unknown_provider', { name, known: known.join(', ') }))
  }

  /** How many accounts were tested. */
  protected testProgress(): ProgressWords {
    return {
      done: (done, total) => this.speech.say('commands.progress.tested', { done, total }),
      left: this.speech.say('commands.progress.left', { seconds: '{eta}' }),
    }
  }
}

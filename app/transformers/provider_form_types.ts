/** How a field of the provider form is written, and read back. */
export type FieldKind =
  | 'text'
  | 'verbatim'
  | 'choice'
  | 'flag'
  | 'number'
  | 'words'
  | 'lines'
  | 'map'
  | 'variables'
  | 'duration'
  | 'secret'

/** Its words are `providers.form.labels.<name>` and `providers.form.hints.<hint>` of the catalogues. */
export interface FormField {
  /** The name in the form: `key`, `name`, a field of PROVIDERS_FILE, or one inside `rate_limit`. */
  name: string
  kind: FieldKind
  hint?: string
  placeholder?: string
  options?: readonly string[]
  /** What holds where nothing is chosen; `server_says` is said in words. */
  otherwise?: string
  required?: boolean
}

export interface FormGroup {
  /** Names its title, `providers.form.groups.<id>`. */
  id: string
  hint?: string
  fields: readonly FormField[]
}

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

export interface FormField {
  /** The name in the form: `key`, `name`, a field of PROVIDERS_FILE, or one inside `rate_limit`. */
  name: string
  label: string
  kind: FieldKind
  hint?: string
  placeholder?: string
  options?: readonly string[]
  /** What holds where nothing is chosen. */
  otherwise?: string
  required?: boolean
}

export interface FormGroup {
  title: string
  hint?: string
  fields: readonly FormField[]
}

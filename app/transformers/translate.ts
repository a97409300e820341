/** Puts a text of `resources/lang` into the reader's language. Values are data: nothing in them is read as a message. */
export type Translate = (key: string, values?: Record<string, unknown>) => string

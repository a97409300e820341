import vine from '@vinejs/vine'

/** The sign-in form. Addresses are compared in lower case; the password is taken as it is. */
export const signInValidator = vine.create({
  email: vine
    .string()
    .trim()
    .maxLength(254)
    .transform((value) => value.toLowerCase()),
  password: vine.string().maxLength(1024),
  return_to: vine.string().maxLength(2048).nullable().optional(),
})

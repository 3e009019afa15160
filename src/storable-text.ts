/**
 * Whether the database keeps a text as it is: PostgreSQL's has no NUL, and a lone surrogate, which is
 * no character, would come back as another.
 */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Cs}/u.test(text)
}

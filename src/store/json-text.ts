/**
 * JSON text that PostgreSQL's jsonb takes: it refuses the NUL character and lone surrogates, which
 * payload text may hold. Both become U+FFFD; the raw body keeps what Stripe sent.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value)
  // JSON.stringify escapes exactly these; an even run of backslashes before belongs to the text.
  return text.includes('\\u')
    ? text.replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '$1\\ufffd')
    : text
}

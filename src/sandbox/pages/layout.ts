import { html, raw } from 'hono/html'
import { STYLE } from './style.ts'

export type Html = ReturnType<typeof html>

export interface PageFrame {
  readonly title: string
  readonly body: Html
  /** A slim column instead of the full width. */
  readonly narrow?: boolean
  /** Seconds after which the browser asks again: for pages that wait for something. */
  readonly refresh?: number | undefined
}

/** A whole page, with the sentence that this is no place for real cards. */
export function layout({ title, body, narrow = false, refresh }: PageFrame): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex" />
        ${
          refresh === undefined
            ? ''
            : html`<meta http-equiv="refresh" content="${String(refresh)}" />`
        }
        <title>${title} · Sandbox</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <div class="banner" role="note">Sandbox – no real money. Use test numbers only.</div>
        <main class="${narrow ? 'narrow' : 'wide'}">${body}</main>
      </body>
    </html>`
}

/** A short page that says one thing. */
export function messagePage(
  title: string,
  text: string,
  link?: { readonly href: string; readonly text: string },
): Html {
  return layout({
    title,
    narrow: true,
    body: html`<div class="panel">
      <h1>${title}</h1>
      <p>${text}</p>
      ${
        link === undefined
          ? ''
          : html`<p><a class="button plain" href="${link.href}">${link.text}</a></p>`
      }
    </div>`,
  })
}

/**
 * Pages for when there is no node to serve any: words alone, without scripts, in the system's colours. They are
 * handed to the window as `data:` addresses.
 */
export type Words = { readonly title: string; readonly text: string }

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText }
  main { max-width: 34rem; padding: 2rem }
  h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .75rem }
  p { margin: 0; overflow-wrap: anywhere }
`

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => ESCAPES[letter] ?? '')
}

/** `language` such as `en`, for those who have the page read to them. */
export function plainPage(language: string, { title, text }: Words): string {
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Tallydesk</title><style>${STYLE}</style></head>
<body><main role="status"><h1>${escaped(title)}</h1><p>${escaped(text)}</p></main></body></html>`
  return `data:text/html;charset=utf-8,${encodeURIComponent(html)}`
}

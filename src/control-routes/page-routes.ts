import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { RequestError } from '../connections/request-error.ts'
import { CONTROL_SEGMENT, queryOf } from '../http-parts/request-path.ts'
import { PAGE_FILES, type PageFileKind, PageFiles } from './page-files.ts'

/** Whether there is a live page, and whether it has buttons that change something. */
export const PAGE_MODES = ['on', 'read-only', 'off'] as const
export type PageMode = (typeof PAGE_MODES)[number]

/** The options of the live page. */
export interface PageRoutesOptions {
  readonly mode: Exclude<PageMode, 'off'>
  /** Whether the control API needs a token, for which the page then asks. */
  readonly needsToken: boolean
  /** The port of clients. Undefined: that of the page. */
  readonly clientPort?: number | undefined
  /** See PageFiles. */
  readonly folder?: string | undefined
}

/** Nothing but its own two files, and the control API. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The headers of the page and of its files. */
const HEADERS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

const KINDS = ['js', 'css'] as const satisfies readonly PageFileKind[]

/**
 * The live page and its files. All its URLs are relative, so that it works below base paths, scopes
 * and the prefixes of proxies.
 */
export const pageRoutes: FastifyPluginAsyncTypebox<PageRoutesOptions> = async (
  app,
  { mode, needsToken, clientPort, folder },
) => {
  const files = new PageFiles(folder)
  // These routes have no schema: they are no part of the control API, and take any query. The router
  // gets the path with a slash in any case, see readRequestPath.
  app.get('/', { prefixTrailingSlash: 'slash' }, ({ originalUrl }, reply) => {
    if (!endsInSlash(originalUrl)) return redirect(reply, queryOf(originalUrl))
    return reply
      .headers({ ...HEADERS, 'content-security-policy': CONTENT_SECURITY_POLICY })
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(render(files, { mode, needsToken, clientPort }))
  })
  for (const kind of KINDS) {
    app.get<{ Params: { hash: string } }>(`/page-:hash.${kind}`, ({ params, url }, reply) => {
      const { hash, content } = files.get(kind)
      if (params.hash !== hash) {
        throw new RequestError(
          404,
          `Cannot find ${url}: the page has another file now, load it again`,
        )
      }
      return reply
        .headers({ ...HEADERS, 'cache-control': 'public, max-age=31536000, immutable' })
        .type(PAGE_FILES[kind])
        .send(content)
    })
  }
}

/** Whether the path of a URL ends in a slash: relative URLs start from there. */
function endsInSlash(url: string): boolean {
  const [path = ''] = url.split('?', 1)
  return path.endsWith('/')
}

function redirect(reply: FastifyReply, query: string): FastifyReply {
  const location = `${CONTROL_SEGMENT}/${query === '' ? '' : `?${query}`}`
  return reply.code(308).header('location', location).send()
}

function render(
  files: PageFiles,
  { mode, needsToken, clientPort }: Omit<PageRoutesOptions, 'folder'>,
): string {
  const token = needsToken ? 'required' : 'none'
  const port = clientPort === undefined ? '' : ` data-client-port="${clientPort}"`
  return `<!doctype html>
<html lang="en" data-page="${mode}" data-token="${token}"${port}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>mock-gpudb</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page-${files.get('css').hash}.css">
<script type="module" src="page-${files.get('js').hash}.js"></script>
</head>
<body><div id="app"></div></body>
</html>
`
}

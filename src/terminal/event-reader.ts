/** An event of a stream of server-sent events. */
export interface ServerEvent {
  readonly event: string
  readonly data: string
}

/** The longest line of a stream, in characters; those of the mock are far shorter. */
const MAX_LINE = 1024 * 1024

/**
 * Reads the events of a stream, in the form of the HTML standard: an empty line ends an event, a line that
 * starts with a colon is a comment. Of several lines with data, the last one counts: the mock sends one, in
 * JSON, for which spaces at its end do not matter.
 *
 * @throws RangeError if a line is longer than a mebibyte.
 */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent, void, undefined> {
  let fields = new Map<string, string>()
  for await (const line of readLines(chunks)) {
    if (line !== '') {
      const colon = line.indexOf(':')
      fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''))
      continue
    }
    const data = fields.get('data')
    if (data !== undefined) yield { event: fields.get('event') ?? '', data }
    fields = new Map()
  }
}

async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const text = `${rest}${decoder.decode(chunk, { stream: true })}`
    const end = text.lastIndexOf('\n') + 1
    rest = text.slice(end)
    for (const [line] of text.slice(0, end).matchAll(/[^\n]*\n/g)) yield line.trimEnd()
    if (rest.length > MAX_LINE) throw new RangeError('an event is too long')
  }
}

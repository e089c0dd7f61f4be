/** An answer that came over a raw socket. */
export interface RawAnswer {
  readonly status: number
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Reads all answers that a connection received; each has a Content-Length or no body. */
export function readAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = text
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) throw new Error(`not an answer: ${rest}`)
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n')
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(': ')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)]
      }),
    )
    const start = end + '\r\n\r\n'.length
    const length = Number(headers.get('content-length') ?? 0)
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1])
    answers.push({ status, headers, body: rest.slice(start, start + length) })
    rest = rest.slice(start + length)
  }
  return answers
}

/** The only answer that a connection received. Throws unless there is exactly one. */
export function readOneAnswer(text: string): RawAnswer {
  const [answer, ...more] = readAnswers(text)
  if (answer === undefined || more.length > 0) throw new Error(`not one answer: ${text}`)
  return answer
}

/** A text as one part of a URL. Half of a surrogate pair has no encoding: it is replaced. */
export function encodePart(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))
}

/** Reads a part of a URL. A person may have written it: what is no escape stays as it is. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

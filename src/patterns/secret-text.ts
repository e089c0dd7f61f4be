import { nameAround, skipBack, type TextRange } from './scan-text.ts'
import { SecretColumns } from './secret-columns.ts'
import type { SecretNaming } from './secret-name.ts'
import { oraclePasswords, urlPasswords } from './secret-urls.ts'
import { valuesAfter, valuesIdentified } from './secret-values.ts'

/** The longest word before a name that is looked at, in characters. */
const MAX_WORD = 40

/** Every text with a secret has one of these: around the secret, or before it. */
const SECRET_MARKS = /[\s=:"'*]/

/** The last words of names with blanks, such as `ACCESS KEY ID` and `CONNECTION STRING`. */
const LAST_WORDS = /\s+(?:id|string)\b/iy

/**
 * The secrets in a text such as SQL, JSON, a URL or a connection string: values of secret names
 * (`PASSWORD = '…'`, `"secret": "…"`, `token=…`), also in the columns of an INSERT,
 * `IDENTIFIED BY '…'`, and passwords of URLs, also of `jdbc:oracle:thin:user/password@host`.
 * A quoted value without an end extends to the end of the text. Linear in the length of the text.
 */
export function findSecrets(text: string, naming: SecretNaming): TextRange[] {
  if (!SECRET_MARKS.test(text)) return []
  const ranges = [...namedSecrets(text, naming), ...urlPasswords(text), ...oraclePasswords(text)]
  let end = 0
  return ranges
    .sort((left, right) => left.from - right.from)
    .filter(({ from, to }) => {
      const isApart = from >= end && isSecretValue(text.slice(from, to))
      if (isApart) end = to
      return isApart
    })
}

/** Whether a text such as SQL has the name of a secret: what is bound to its placeholders may be one. */
export function namesSecret(text: string, naming: SecretNaming): boolean {
  let done = 0
  return Array.from(text.matchAll(naming.hints)).some(({ index }) => {
    if (index < done) return false
    const name = nameAround(text, { at: index, notBefore: done })
    done = name.to
    return isIdentified(text, name) || isSecretIn(text, { name, naming })
  })
}

/** Whether a value is worth hiding: no placeholder, switch or template. */
export function isSecretValue(value: string): boolean {
  return !/^(?:|true|false|null|\?|\(redacted(?: <\d+>)?\)|\{\{[^{}]*\}\})$/i.test(value)
}

function* namedSecrets(text: string, naming: SecretNaming): Generator<TextRange> {
  const { hints } = naming
  const columns = new SecretColumns(text, naming)
  const groups = { end: 0 }
  let done = 0
  hints.lastIndex = 0
  for (let hint = hints.exec(text); hint !== null; hint = hints.exec(text)) {
    const name = nameAround(text, { at: hint.index, notBefore: done })
    const isSecret = isSecretIn(text, { name, naming })
    const given = isSecret ? valuesAfter({ text, name, groups }) : []
    const values = isIdentified(text, name) ? valuesIdentified({ text, name, groups }) : given
    yield* values
    if (isSecret && values.length === 0) yield* columns.valuesFor(name.from)
    done = values.at(-1)?.to ?? name.to
    // A name that ends before the end of its hint would be found again.
    hints.lastIndex = Math.max(done, hint.index + 1)
  }
}

function isIdentified(text: string, { from, to }: TextRange): boolean {
  return /^identified$/i.test(text.slice(from, to))
}

interface Named {
  readonly name: TextRange
  readonly naming: SecretNaming
}

/** Whether a name is secret, by itself or with the words around it: `ACCESS KEY ID`. */
function isSecretIn(text: string, { name, naming }: Named): boolean {
  const word = text.slice(name.from, name.to)
  if (naming.isSecret(word)) return true
  if (!/^(?:keys?|connection)$/i.test(word)) return false
  const notBefore = Math.max(name.from - MAX_WORD, 0)
  const blank = skipBack(text, { at: name.from, over: /\s/, notBefore })
  const from = skipBack(text, { at: blank, over: /[a-z]/i, notBefore })
  LAST_WORDS.lastIndex = name.to
  const to = LAST_WORDS.test(text) ? LAST_WORDS.lastIndex : name.to
  return blank < name.from || to > name.to ? naming.isSecret(text.slice(from, to)) : false
}

/** The kinds of damage, by their keys in fixtures. */
export const DAMAGE_KINDS = [
  'reset',
  'close',
  'hang',
  'garbage',
  'empty',
  'cut',
  'slow',
  'chunks',
  'http',
  'codec',
] as const
export type DamageKind = (typeof DAMAGE_KINDS)[number]

/** How a connection ends after the last byte that leaves. */
export const CUT_ENDS = ['close', 'reset', 'hang'] as const
export type CutEnd = (typeof CUT_ENDS)[number]

/** The parts of an answer of HTTP: the status line with the headers, and what follows. */
export const HTTP_PARTS = ['head', 'body'] as const
export type HttpPart = (typeof HTTP_PARTS)[number]

/** The messages inside each other: the wrapper, its payload, and the result in that of `/get/job`. */
export const MESSAGE_PARTS = ['wrapper', 'data', 'job_response'] as const
export type MessagePart = (typeof MESSAGE_PARTS)[number]

/** What is wrong with chunked transfer coding: a size that is no number, or no last chunk. */
export const CHUNK_MISTAKES = ['bad_size', 'no_end'] as const
export type ChunkMistake = (typeof CHUNK_MISTAKES)[number]

/** The body that replaces an answer: a proxy's page, an ERROR wrapper, or nothing. */
export const PAGES = ['html', 'wrapper', 'empty'] as const
export type Page = (typeof PAGES)[number]

/** The damage that a fault does to an answer, or to the connection instead of one. */
export type Damage = ConnectionDamage | PieceDamage | HttpDamage | CodecDamage

/** What ends a connection before a byte of the answer. */
export type ConnectionDamage =
  /** TCP's RST. */
  | { readonly kind: 'reset' }
  /** TCP's FIN. */
  | { readonly kind: 'close' }
  /** Nothing leaves, until the time on the scope's clock is over or the client leaves; then FIN. */
  | { readonly kind: 'hang'; readonly forMs: number | undefined }
  /** So many seeded bytes that are not HTTP, then FIN. */
  | { readonly kind: 'garbage'; readonly bytes: number }

/** What sends the answer in part or in pieces. */
export type PieceDamage =
  /** Fewer bytes leave than the head promises. */
  | {
      readonly kind: 'cut'
      /** How much of the part leaves. */
      readonly after: { readonly bytes: number } | { readonly percent: number }
      readonly end: CutEnd
      readonly part: HttpPart
    }
  /** The body in pieces, in real time. */
  | { readonly kind: 'slow'; readonly chunkBytes: number; readonly everyMs: number }
  | { readonly kind: 'chunks'; readonly mistake: ChunkMistake }

/** What replaces the answer by another one. */
export type HttpDamage =
  /** Status 200 and the right Content-Type, without a body. */
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'http'
      readonly status: number
      readonly page: Page
      /** The message of a wrapper, and the reason phrase after the status. */
      readonly phrase: string | undefined
    }

/** Damage inside the message; the lengths around it stay right. */
export type CodecDamage = { readonly kind: 'codec' } & CodecMistake

/** One mistake inside a message. */
export type CodecMistake =
  /** The last bytes of a part are missing. */
  | { readonly codec: 'truncate'; readonly part: MessagePart; readonly bytes: number }
  /** The payload is the zero value of another record of the catalogue, by the name of the record. */
  | { readonly codec: 'record'; readonly endpoint: string }
  | { readonly codec: 'data_type'; readonly text: string }
  | { readonly codec: 'status'; readonly text: string }
  /** Fields that are missing; in Avro, their bytes. */
  | { readonly codec: 'omit'; readonly fields: readonly string[] }
  /** Seeded bits of a part are inverted. */
  | { readonly codec: 'flip'; readonly part: MessagePart; readonly bits: number }
  /** The length before a part says something else. */
  | { readonly codec: 'claim'; readonly part: MessagePart; readonly length: number }
  /** So many bytes follow the message. */
  | { readonly codec: 'trailing'; readonly bytes: number }
  /** The message has another encoding than the answer says. */
  | { readonly codec: 'as'; readonly encoding: 'json' | 'binary' | 'snappy' }

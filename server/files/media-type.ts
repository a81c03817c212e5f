// What types a file may have. It is its sender's word, so the list holds nothing that a
// browser would run or render as a page (HTML, SVG, XML, scripts): such a file comes as
// text/plain or application/octet-stream. On disk the type is the ending of the file's
// name, so that it is there when the file is, in one step. A line is never changed.

export const mediaTypes = {
  'application/gzip': 'gz',
  'application/json': 'json',
  'application/octet-stream': 'bin',
  'application/pdf': 'pdf',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/zip': 'zip',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'oga',
  'audio/wav': 'wav',
  'audio/webm': 'weba',
  'image/avif': 'avif',
  'image/gif': 'gif',
  'image/heic': 'heic',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'text/csv': 'csv',
  'text/markdown': 'md',
  'text/plain': 'txt',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
} as const;

export type MediaType = keyof typeof mediaTypes;

const byEnding = new Map<string, MediaType>(
  Object.entries(mediaTypes).map(([type, ending]) => [ending, type as MediaType]),
);

/** The type in a Content-Type, without its parameters. */
export function readMediaType(header: string | undefined): MediaType | undefined {
  const type = header?.split(';', 1)[0]?.trim().toLowerCase();
  return type !== undefined && Object.hasOwn(mediaTypes, type) ? (type as MediaType) : undefined;
}

export function mediaTypeOfEnding(ending: string): MediaType | undefined {
  return byEnding.get(ending);
}

/** Words are UTF-8 here, whatever they were called. */
export function contentTypeOf(type: MediaType): string {
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

/** A model of the Hugging Face Hub, as a person names it. */
export interface HubName {
  /** OWNER/NAME. */
  repository: string;
  /** A branch, tag or commit; null where none is named. */
  revision: string | null;
  /** Path of one file in it, a GGUF; null where none is named. */
  file: string | null;
}

/** What the Hub takes for an owner or a name: no dot or dash at its beginning. */
const part = '[A-Za-z0-9][\\w.-]*';
const written = new RegExp(`^(?<repository>${part}/${part})(?:@(?<revision>[^@\\s]+?))?(?:/(?<file>[^@\\s]+\\.gguf))?$`, 'i');
const onPage = new RegExp(
  `^(?<repository>${part}/${part})(?:/(?:(?<folder>tree)/(?<revision>[^/]+)|(?:blob|resolve|raw)/(?<ofFile>[^/]+)/(?<file>.+\\.gguf)))?/?$`,
  'i',
);
const site = /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\//i;
/** What stands first in the address of something that is no model. */
const notModels = /^(datasets|spaces|docs|papers|collections|blog|settings|organizations)\//i;

/**
 * Reads OWNER/NAME, OWNER/NAME@REVISION, either with /FILE.gguf behind it, or the address of a model's page, of its files or of one GGUF file on huggingface.co.
 * @returns null for anything else
 */
export function readHubName(text: string): HubName | null {
  const trimmed = text.trim();
  const address = site.exec(trimmed)?.[0];
  const groups =
    address === undefined ? written.exec(trimmed)?.groups : onPage.exec(trimmed.slice(address.length).replace(/[?#].*$/, ''))?.groups;
  if (!groups || notModels.test(groups.repository!)) return null;
  const revision = decoded(groups.revision ?? groups.ofFile);
  const file = decoded(groups.file);
  // Left out it is null; what cannot be decoded names nothing.
  if (revision === undefined || file === undefined || file?.split('/').includes('..')) return null;
  return { repository: groups.repository!, revision, file };
}

function decoded(escaped: string | undefined): string | null | undefined {
  try {
    return escaped === undefined ? null : decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
}

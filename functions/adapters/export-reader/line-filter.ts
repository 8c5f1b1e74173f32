import { findValue, isWord, jsonBytes } from './json-bytes.ts';
import { createLookahead } from './lookahead.ts';
import { nameVerdict } from './name-verdict.ts';
import type { SeenProjects } from './seen-projects.ts';

/** Whether one line (trimmed) certainly holds nothing that is still needed, and looks like an asset. */
export type CanSkip = (bytes: Buffer, start: number, end: number) => boolean;

const { open, close, quote, comma, backslash } = jsonBytes;
const space = 0x20;
const nameKeys = [Buffer.from('name')];
const contentKeys = [Buffer.from('resource'), Buffer.from('iam_policy'), Buffer.from('iamPolicy')];
const resourceKey = 0;

/**
 * Decides on raw bytes, because nearly all lines of an export are of no interest and parsing is what costs. It skips only
 * what it understood; all else (escapes, odd shapes, names that rules read, projects that it has something to learn
 * about) is left to `JSON.parse`. It notes projects and policy lines as it goes. What is and is not checked on a
 * skipped line: docs/decisions/0005-export-lines-skipped-unparsed.md.
 */
export function createLineFilter(projects: SeenProjects): CanSkip {
  // Two files put together without a line end between them: one line, two assets, of which the second would be lost.
  const hasGluedAssets = createLookahead('}{');
  const hasAncestors = createLookahead('cestor');

  return (bytes, start, end) => {
    const last = end - 1;
    if (bytes[start] !== open || bytes[last] !== close || hasGluedAssets(bytes, start, end)) return false;
    const name = findName(bytes, start, last);
    const nameEnd = bytes[name] === quote ? bytes.indexOf(quote, name + 1) : -1;
    if (nameEnd === -1 || nameEnd > last || bytes[nameEnd - 1] === backslash) return false;
    const next = bytes[nameEnd + 1];
    if (next !== comma && next !== close && next !== space) return false;
    const verdict = nameVerdict(bytes, name + 1, nameEnd, projects);
    if (verdict === 'read') return false;
    if (verdict === 'skip') return true;
    // They tell the project's number.
    if (verdict.number === undefined && hasAncestors(bytes, start, end)) return false;
    if (!verdict.hasPolicyLine && !startsAsResource(bytes, nameEnd + 1)) {
      const content = findValue(bytes, start + 1, last, contentKeys);
      if (content && bytes[content.at] !== open) return false;
      if (content && content.key !== resourceKey) verdict.hasPolicyLine = true;
    }
    return true;
  };
}

const typeKey = Buffer.from(',"asset_type":"');
const resourceStart = Buffer.from(',"resource":{');

/** Whether behind the name come the type and then a resource, as Google writes a RESOURCE line: the quick answer for nearly all. */
function startsAsResource(bytes: Buffer, from: number): boolean {
  const type = from + typeKey.length;
  if (!isWord(typeKey, bytes, from, type)) return false;
  const typeEnd = bytes.indexOf(quote, type) + 1;
  return typeEnd > 0 && isWord(resourceStart, bytes, typeEnd, typeEnd + resourceStart.length);
}

/** Where the value of `name` begins; -1 where the line is not understood. Google writes `{"name":` first, and no white space. */
function findName(bytes: Buffer, start: number, last: number): number {
  if (
    bytes[start + 1] === quote &&
    bytes[start + 2] === 0x6e &&
    bytes[start + 3] === 0x61 &&
    bytes[start + 4] === 0x6d &&
    bytes[start + 5] === 0x65 &&
    bytes[start + 6] === quote &&
    bytes[start + 7] === 0x3a
  ) {
    return bytes[start + 8] === 0x20 ? start + 9 : start + 8;
  }
  return findValue(bytes, start + 1, last, nameKeys)?.at ?? -1;
}

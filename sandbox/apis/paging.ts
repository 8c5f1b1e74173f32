import { GoogleError } from '../api.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string;
}

/** One page of `all`. A token stands for the place to go on from; size 0 or absent means `defaultSize`; throws 400 on a bad token or size. */
export function takePage<T>(
  all: readonly T[],
  asked: { readonly size: number | string | null | undefined; readonly token: string | null | undefined },
  limits: { readonly defaultSize: number; readonly maxSize: number },
): Page<T> {
  const size = sizeOf(asked.size, limits);
  const start = startOf(asked.token);
  const items = all.slice(start, start + size);
  const end = start + items.length;
  return end < all.length ? { items, nextPageToken: Buffer.from(`after:${end}`).toString('base64url') } : { items };
}

function sizeOf(asked: number | string | null | undefined, limits: { defaultSize: number; maxSize: number }): number {
  const size = Number(asked ?? 0);
  if (!Number.isInteger(size) || size < 0)
    throw new GoogleError(400, 'INVALID_ARGUMENT', `Invalid page size: ${asked}`, 'invalid');
  return size === 0 ? limits.defaultSize : Math.min(size, limits.maxSize);
}

function startOf(token: string | null | undefined): number {
  if (!token) return 0;
  const place = /^after:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (place === undefined) throw new GoogleError(400, 'INVALID_ARGUMENT', `Invalid page token: ${token}`, 'invalid');
  return Number(place);
}

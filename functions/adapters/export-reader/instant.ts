const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * Orders two RFC 3339 texts as instants, whatever their offsets and however long their fractions: negative when `a` is
 * earlier. A text that is none is earlier than any instant, and like any other such text.
 */
export function compareInstants(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [parseInstant(a), parseInstant(b)];
  if (!left || !right) return Number(left !== undefined) - Number(right !== undefined);
  if (left.seconds !== right.seconds) return left.seconds - right.seconds;
  if (left.fraction === right.fraction) return 0;
  return left.fraction < right.fraction ? -1 : 1;
}

interface Instant {
  readonly seconds: number;
  /** Digits behind the point without closing zeros: as texts they sort like the numbers they stand for. */
  readonly fraction: string;
}

function parseInstant(text: string): Instant | undefined {
  const [, day, minutes, seconds, fraction = '', offset] = rfc3339.exec(text) ?? [];
  if (!day || !minutes || !seconds || !offset) return undefined;
  // Seconds are added apart: a leap second (60) is legal here and unknown to Date.
  const minute = Date.parse(`${day}T${minutes}:00${offset.toUpperCase()}`);
  if (Number.isNaN(minute)) return undefined;
  return { seconds: minute / 1000 + Number(seconds), fraction: fraction.replace(/0+$/, '') };
}

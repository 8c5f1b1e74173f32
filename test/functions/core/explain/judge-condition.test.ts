import assert from 'node:assert/strict';
import { judgeCondition } from '../../../../functions/core/explain/judge-condition.ts';

const request = { path: '/api/v1', host: 'shop.example.com', at: '2026-10-01T12:00:00.500Z' };

describe('a condition of a binding', () => {
  const cases: readonly (readonly [string, boolean | undefined])[] = [
    ['request.path == "/api/v1"', true],
    ['request.path != "/api/v1"', false],
    ["request.path.startsWith('/api')", true],
    ['request.path.startsWith("/admin")', false],
    ['request.host.endsWith(".example.com")', true],
    ['! request.path.startsWith("/api")', false],
    ['request.path == "/x" || request.host == "shop.example.com"', true],
    ['request.path.startsWith("/api") && request.host == "other.example.com"', false],
    ['request.path == "/x" && a.b || request.path == "/api/v1"', true],
    ['request.time < timestamp("2027-01-01T00:00:00Z")', true],
    ['request.time >= timestamp("2027-01-01T00:00:00Z")', false],
    ['request.time < timestamp("2026-10-01T12:00:00Z")', undefined],
    ['request.time < timestamp("2027-01-01T00:00:00+02:00")', undefined],
    ['request.time.getHours("Europe/Berlin") < 17', undefined],
    ['"levels/office" in request.auth.access_levels', undefined],
    ['(request.path == "/api/v1")', undefined],
    ['request.path.matches("/api.*")', undefined],
    ['request.path == "/api/v1" && "x" in request.auth.access_levels', undefined],
    ['request.path == "/x" && "x" in request.auth.access_levels', false],
    ['request.path == "/api/v1" || "x" in request.auth.access_levels', true],
    ['resource.name == "x"', undefined],
    ['request.path == "a\\"b"', undefined],
    ['request.path == "/api/v1" "x"', undefined],
    ['request.path ==', undefined],
  ];
  for (const [expression, expected] of cases) {
    it(`${expression} ${expected === undefined ? 'cannot be told' : `is ${expected}`}`, () => {
      assert.equal(judgeCondition(expression, request), expected);
    });
  }

  it('on the time cannot be told without a time', () => {
    const { at: _, ...timeless } = request;
    assert.equal(judgeCondition('request.time < timestamp("2027-01-01T00:00:00Z")', timeless), undefined);
  });
});

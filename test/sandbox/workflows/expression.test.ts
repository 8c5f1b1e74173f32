import assert from 'node:assert/strict';
import { evaluate } from '../../../sandbox/workflows/expression/evaluate.ts';
import { parseExpression } from '../../../sandbox/workflows/expression/parse-expression.ts';
import { ExpressionError } from '../../../sandbox/workflows/expression/tokenize.ts';
import { library } from '../../../sandbox/workflows/library/index.ts';
import { parseJsonValue, toJsonText, type Value } from '../../../sandbox/workflows/value.ts';
import { raise, tagsOf, WorkflowError } from '../../../sandbox/workflows/workflow-error.ts';

const variables = parseJsonValue(
  '{"n": 7, "half": 0.5, "name": "Bean", "yes": true, "nothing": null, "list": [10, 20, 30], "map": {"a": {"b": "deep"}, "special!key": 1}, "key": "a"}',
);

async function worthOf(source: string): Promise<Value> {
  return evaluate(parseExpression(source), {
    variable(name) {
      const found = variables instanceof Map ? variables.get(name) : undefined;
      if (found === undefined) throw raise('KeyError', name);
      return found;
    },
    call(name, args) {
      const found = library.get(name) ?? assert.fail(`no function ${name}`);
      return found.run(args, {
        now: () => new Date('2026-01-02T03:04:05Z'),
        env: new Map([['GOOGLE_CLOUD_LOCATION', 'us-central1']]),
      });
    },
  });
}

describe('Expressions of Workflows', () => {
  const table: readonly (readonly [source: string, json: string])[] = [
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['1 + 2.0', '3.0'],
    ['10 / 2', '5.0'],
    ['7 // 2', '3'],
    ['-7 // 2', '-4'],
    ['7 % 4', '3'],
    ['7.5 // 2', '3.0'],
    ['- n + 1', '-6'],
    ['9223372036854775807', '9223372036854775807'],
    ['1 == 1.0', 'true'],
    ['1 == "1"', 'false'],
    ['nothing == null', 'true'],
    ['nothing != 0', 'true'],
    ['map != null', 'true'],
    ['"a" < "b" and 2 >= 2', 'true'],
    ['not yes or yes', 'true'],
    ['not n == 8', 'true'],
    ['NOT yes OR n > 3 AND FALSE', 'false'],
    ['yes or missing', 'true'],
    ['not yes and missing', 'false'],
    ['20 in list', 'true'],
    ['"a" in map', 'true'],
    ['"z" not in map', 'true'],
    ['not ("a" in map)', 'false'],
    ['"x" + "\\n\\"y"', '"x\\n\\"y"'],
    ['"n: " + string(n)', '"n: 7"'],
    ['map.a.b', '"deep"'],
    ['map["special!key"] + 1', '2'],
    ['map[key].b', '"deep"'],
    ['list[n - 5]', '30'],
    ['[1, [n], "x"]', '[1,[7],"x"]'],
    ['len(list) + len(map) + len("äö")', '7'],
    ['keys(map)', '["a","special!key"]'],
    ['if(n > 5, "more", "less")', '"more"'],
    ['default(nothing, "other")', '"other"'],
    ['default(map.get(map, ["a", "c"]), "none")', '"none"'],
    ['map.get(nothing, "a")', 'null'],
    ['map.get(map, ["a", "b", "c"])', 'null'],
    ['map.merge_nested(map, map.get(map, "a"))', '{"a":{"b":"deep"},"special!key":1,"b":"deep"}'],
    ['map.delete(map, "special!key")', '{"a":{"b":"deep"}}'],
    ['list.concat(list, [1])', '[10,20,30,[1]]'],
    ['list.prepend(list, 1)', '[1,10,20,30]'],
    ['int("12") + int(2.9)', '14'],
    ['double("2.5")', '2.5'],
    ['string(2.0)', '"2.0"'],
    ['get_type(n / 1)', '"double"'],
    ['json.decode("{\\"a\\": [1, 1.0]}")', '{"a":[1,1.0]}'],
    ['json.encode_to_string(map)', '"{\\"a\\":{\\"b\\":\\"deep\\"},\\"special!key\\":1}"'],
    ['base64.encode(text.encode("hi"))', '"aGk="'],
    ['text.decode(base64.decode("aGk="))', '"hi"'],
    ['text.split("a,b", ",")', '["a","b"]'],
    ['text.replace_all("a.b.c", ".", "-")', '"a-b-c"'],
    ['text.substring("hello", 1, 99)', '"ello"'],
    ['text.match_regex("shard-12", "^shard-[0-9]+$")', 'true'],
    ['text.find_all("banana", "an")', '[1,3]'],
    ['text.to_upper("a") + text.url_encode("a b/c")', '"Aa%20b%2Fc"'],
    ['math.max(1, 2.5)', '2.5'],
    ['math.abs(-3)', '3'],
    ['time.format(sys.now())', '"2026-01-02T03:04:05Z"'],
    ['time.parse("1970-01-01T00:01:00Z")', '60.0'],
    ['sys.get_env("GOOGLE_CLOUD_LOCATION") + sys.get_env("NO", "!")', '"us-central1!"'],
  ];
  for (const [source, json] of table)
    it(`${source}  is  ${json}`, async () => assert.equal(toJsonText(await worthOf(source)), json));

  const raised: readonly (readonly [source: string, tag: string])[] = [
    ['"count: " + 42', 'TypeError'],
    ['42 + "x"', 'TypeError'],
    ['"a" + true', 'TypeError'],
    ['null < 1', 'TypeError'],
    ['list == list', 'TypeError'],
    ['list + list', 'TypeError'],
    ['1 and true', 'TypeError'],
    ['not 1', 'TypeError'],
    ['"a" in "abc"', 'TypeError'],
    ['1 in map', 'TypeError'],
    ['nothing.a', 'TypeError'],
    ['map[1]', 'TypeError'],
    ['list["0"]', 'TypeError'],
    ['if(1, 2, 3)', 'TypeError'],
    ['len(5)', 'TypeError'],
    ['1 / 0', 'ZeroDivisionError'],
    ['1.0 % 0', 'ZeroDivisionError'],
    ['list[3]', 'IndexError'],
    ['list[-1]', 'IndexError'],
    ['map.z', 'KeyError'],
    ['missing', 'KeyError'],
    ['sys.get_env("NO")', 'KeyError'],
    ['int("12x")', 'ValueError'],
    ['json.decode("{")', 'ValueError'],
    ['9223372036854775807 + 1', 'ValueError'],
  ];
  for (const [source, tag] of raised)
    it(`${source}  raises ${tag}`, async () => {
      await assert.rejects(
        worthOf(source),
        (error) => error instanceof WorkflowError && tagsOf(error.value).includes(tag),
      );
    });

  const unreadable: readonly (readonly [source: string, why: RegExp])[] = [
    ['', /stops too early/],
    ['1 +', /stops too early/],
    ['1 2', /unexpected "2"/],
    ['a..b', /unexpected "\."/],
    ['{"a": 1}', /a map cannot be written in an expression/],
    ["'x'", /double quotes/],
    ['"x', /text without end/],
    ['a & b', /unexpected "&"/],
    ['a = b', /unexpected "="/],
    ['f(a)(b)', /only a function can be called/],
    ['99999999999999999999', /64 bits/],
    ['a and', /stops too early/],
  ];
  for (const [source, why] of unreadable)
    it(`cannot read ${source || 'nothing'}`, () => {
      assert.throws(
        () => parseExpression(source),
        (error) => error instanceof ExpressionError && why.test(error.message),
      );
    });
});

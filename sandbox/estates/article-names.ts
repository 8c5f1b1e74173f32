import { buildRandom } from '../random.ts';

export interface ArticleNames {
  readonly projectId: string;
  /** Twelve digits. */
  readonly projectNumber: string;
  readonly service: string;
  /** The host that users ask for. */
  readonly host: string;
  /** Where the service runs. */
  readonly regions: readonly [string, string];
  /** Where nothing runs yet. */
  readonly thirdRegion: string;
  /** An OAuth client ID of the project. */
  readonly clientId: string;
}

const companies = ['acme', 'birch', 'cobalt', 'delta', 'ember', 'fjord', 'grove', 'harbor'];
const stages = ['prod', 'live', 'main', 'blue'];
const services = ['shop', 'desk', 'atlas', 'ledger', 'portal', 'wiki', 'orders', 'studio'];
const regions = [
  'europe-west1',
  'us-central1',
  'asia-northeast1',
  'europe-west4',
  'us-east1',
  'asia-southeast1',
  'us-west1',
  'europe-north1',
];

/** Names of the article's estate. Without a seed `acme-prod`, `shop`, europe-west1, us-central1 and asia-northeast1; the same seed always gives the same names. */
export function buildArticleNames(seed?: number): ArticleNames {
  const random = buildRandom(seed ?? 0);
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  const pick = (words: readonly string[]) =>
    (seed === undefined ? words[0] : words[Math.floor(random() * words.length)]) ?? '';
  const company = pick(companies);
  const stage = pick(stages);
  const projectNumber = `4${digits(11)}`;
  const service = pick(services);
  const [first = '', second = '', third = ''] = seed === undefined ? regions : shuffle(regions, random);
  return {
    projectId: seed === undefined ? `${company}-${stage}` : `${company}-${stage}-${digits(4)}`,
    projectNumber,
    service,
    host: `${service}.${company}.example`,
    regions: [first, second],
    thirdRegion: third,
    clientId: `${projectNumber}-${digits(10)}abcdefghij.apps.googleusercontent.com`,
  };
}

function shuffle(words: readonly string[], random: () => number): string[] {
  return words
    .map((word) => ({ word, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ word }) => word);
}

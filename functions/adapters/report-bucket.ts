import { AppError } from '../errors.ts';
import type { ReportFile } from '../reports/compliance/report-files.ts';
import type { openStorage } from './google-clients/storage.ts';
import { parseGoogleFailure, withoutPayload } from './google-failure.ts';
import { type RetryTiming, withRetry } from './with-retry.ts';

/** Where the files of a report are put. */
export interface ReportPlace {
  /** Puts all files into one folder, in their order; the address of each by its name. Throws `report-not-kept`. */
  put(folder: string, files: readonly ReportFile[]): Promise<ReadonlyMap<string, string>>;
}

export interface ReportBucketOptions {
  readonly bucket: string;
  readonly storage: () => ReturnType<typeof openStorage>;
  readonly timing: RetryTiming;
  /** Where Cloud Storage is reached, with a slash at the end: uploads do not go by the client's own root URL. */
  readonly rootUrl: string;
  /** What a person opens in a browser: `https://storage.cloud.google.com`, which asks for a Google login. */
  readonly browserRoot: string;
}

/** A Cloud Storage bucket. Nothing that is there is ever overwritten: the bucket keeps what it has got for years. */
export function createReportBucket({
  bucket,
  storage,
  timing,
  rootUrl,
  browserRoot,
}: ReportBucketOptions): ReportPlace {
  return {
    async put(folder, files) {
      const { objects } = await storage();
      const addresses = new Map<string, string>();
      for (const { name, contentType, text } of files) {
        const object = `${folder}/${name}`;
        const media = { mimeType: contentType, body: text };
        const upload = () =>
          objects.insert(
            { bucket, name: object, ifGenerationMatch: '0', media, requestBody: { contentType } },
            { rootUrl },
          );
        await withRetry(upload, timing).catch((error: unknown) => refuse(error, `gs://${bucket}/${object}`));
        addresses.set(name, `${browserRoot}/${bucket}/${object}`);
      }
      return addresses;
    },
  };
}

/** 412: it is there already, by a try of this same report whose answer was lost; the folder's name is of this try alone. */
function refuse(error: unknown, object: string): void {
  const failure = parseGoogleFailure(error);
  if (failure.status === 412) return;
  throw new AppError('report-not-kept', `${object} could not be written: ${failure.message}`, {
    hint: 'The function needs roles/storage.objectCreator on the bucket.',
    cause: withoutPayload(error),
  });
}

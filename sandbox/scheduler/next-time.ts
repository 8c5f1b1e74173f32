import { CronExpressionParser } from 'cron-parser';

/** When a schedule of five cron fields fires next, after `after`, by the clock of a time zone. Throws RangeError with what is wrong. */
export function nextTime(schedule: string, timeZone: string, after: Date): Date {
  if (schedule.trim().split(/\s+/).length !== 5)
    throw new RangeError(`schedule "${schedule}" has not the five fields of a crontab`);
  try {
    return CronExpressionParser.parse(schedule, { currentDate: after, tz: timeZone }).next().toDate();
  } catch (cause) {
    throw new RangeError(`schedule "${schedule}" in time zone "${timeZone}": ${messageOf(cause)}`, { cause });
  }
}

/** Whether the tz database has it; `utc` counts, too. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (cause) {
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

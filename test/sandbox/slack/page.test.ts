import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { buildMessage } from '../../../functions/adapters/slack/build-message.ts';
import { startLoopbackServer } from '../../../sandbox/loopback-server.ts';
import { startSlack } from '../../../sandbox/slack/start-slack.ts';
import { openBrowser } from '../../support/browser.ts';
import { approvalContent, channel, findingContent } from '../../support/slack-lab.ts';

const project = 'acme-prod';
const attack = '<img src=x onerror=alert(1)> <script>alert(2)</script> "\'> <!channel> `code` &lt;b&gt;';

describe('the page of the stand-in for Slack, in a browser', function () {
  this.timeout(30_000);
  let browser: Browser | undefined;
  before(async function () {
    browser = await openBrowser();
    if (!browser && process.env['CI']) throw new Error('no browser');
    if (!browser) this.skip();
  });
  after(() => browser?.close());

  it('shows what was posted, runs nothing of it, and lets a person press', async () => {
    const pressed: string[] = [];
    const action = await startLoopbackServer((request, response) => {
      request
        .setEncoding('utf8')
        .toArray()
        .then((parts) => {
          pressed.push(parts.join(''));
          response.end();
        });
    });
    const slack = await startSlack();
    slack.setActionUrl(action.url);
    slack.store.add(
      channel,
      buildMessage({
        project,
        content: findingContent({ message: attack, subject: attack, gcloud: [attack] }),
      }) as never,
    );
    const { ts } = slack.store.add(channel, buildMessage({ project, content: approvalContent() }) as never);

    assert.ok(browser);
    const page = await browser.newPage({ viewport: { width: 900, height: 1100 } });
    const troubles: string[] = [];
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('console', (line) => line.type() === 'error' && troubles.push(line.text()));
    const asked: string[] = [];
    page.on('dialog', async (dialog) => {
      asked.push(dialog.message());
      await dialog.accept();
    });
    await page.goto(slack.url);
    const picture = process.env['SLACK_PICTURE'];
    if (picture) await page.screenshot({ path: picture, fullPage: true });
    const text = (await page.textContent('main')) ?? '';
    assert.ok(text.includes('<img src=x onerror=alert(1)>'), text);
    assert.equal(await page.locator('main img, main script, main mark').count(), 0);
    assert.ok(
      text.includes('HIGH: iap-invoker-missing') && text.includes('May Sallyport do this: 1 change in acme-prod'),
    );

    await page.selectOption('#user', 'U0STRANGER');
    await page.click('text=Approve');
    await page.waitForSelector('aside >> text=U0STRANGER sallyport-approve: 200');
    assert.match(asked.join(), /^Approve\?\nSallyport makes exactly 1 change/);
    const payload = JSON.parse(new URLSearchParams(pressed[0]).get('payload') ?? '');
    assert.deepEqual([payload.user.id, payload.message.ts], ['U0STRANGER', ts]);
    assert.equal(await page.inputValue('#user'), 'U0STRANGER', 'who one is stays');

    slack.store.replace(
      channel,
      ts,
      buildMessage({ project, content: approvalContent({ state: 'applied', by: 'slack:U0ANN (ann)' }) }) as never,
    );
    await page.waitForSelector('text=Approved and done');
    assert.equal(await page.locator('main button').count(), 0);
    assert.deepEqual(troubles, []);
    await page.close();
    await Promise.all([slack.stop(), action.stop()]);
  });
});

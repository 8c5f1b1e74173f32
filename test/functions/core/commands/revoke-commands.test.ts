import assert from 'node:assert/strict';
import { buildRevokeCommands, buildRevokeTerraform } from '../../../../functions/core/commands/revoke-commands.ts';
import { agent, service } from '../../../support/estate.ts';

const level = service().name;
const resources = '//cloudresourcemanager.googleapis.com';
const role = 'roles/run.invoker';

describe('revoke commands', () => {
  it('speak to the level where the grant stands', () => {
    const levels = [
      level,
      `${resources}/projects/acme-prod`,
      `${resources}/folders/12`,
      `${resources}/organizations/34`,
    ];
    const tail = `--member=${agent} --role=${role} --condition=None`;
    assert.deepEqual(buildRevokeCommands(levels.map((one) => ({ level: one, role, member: agent }))), [
      `gcloud run services remove-iam-policy-binding shop --project=acme-prod --region=europe-west1 ${tail}`,
      `gcloud projects remove-iam-policy-binding acme-prod ${tail}`,
      `gcloud resource-manager folders remove-iam-policy-binding 12 ${tail}`,
      `gcloud organizations remove-iam-policy-binding 34 ${tail}`,
    ]);
  });

  it('are one for each level, role and member, and take conditional grants along only where they are meant', () => {
    const grants = [
      { level, role, member: 'allUsers' },
      { level, role, member: 'allUsers', condition: 'true' },
      { level, role: 'roles/run.admin', member: 'allUsers' },
    ];
    assert.deepEqual(
      buildRevokeCommands(grants).map((command) => command.split(' ').slice(-2)),
      [
        [`--role=${role}`, '--all'],
        ['--role=roles/run.admin', '--condition=None'],
      ],
    );
  });

  it('quote foreign text', () => {
    const [command] = buildRevokeCommands([{ level, role: 'projects/p/roles/x', member: 'user:$(reboot)@x' }]);
    assert.match(command ?? '', / --member='user:\$\(reboot\)@x' --role=projects\/p\/roles\/x /);
  });

  it('come with Terraform that is all comments, each resource once, whatever the member is called', () => {
    const member = 'user:a"\nresource "x" "y" {}';
    const text = buildRevokeTerraform([
      { level, role, member },
      { level, role, member, condition: 'true' },
      { level: `${resources}/folders/12`, role, member: 'allUsers' },
    ]);
    const lines = text.split('\n').filter((line) => line !== '');
    assert.ok(lines.every((line) => line.startsWith('# ')));
    assert.equal(text.match(/"google_cloud_run_v2_service_iam_member"/g)?.length, 1);
    assert.match(text, /# resource "google_folder_iam_member" \{\n# {3}folder = "folders\/12"\n/);
  });
});

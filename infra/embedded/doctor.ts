// `millrace doctor`: what each part of this machine will be, and what to do about what is missing.

import { directory } from './doctor/directory.ts';
import { externalParts } from './doctor/external.ts';
import type { Checked, Finding } from './doctor/finding.ts';
import { disk, docker, ports } from './doctor/machine.ts';
import { model, roleModels } from './doctor/model.ts';
import { browser, platformBinaries } from './doctor/packages.ts';
import { jars, java, maven, node, pip } from './doctor/tools.ts';

/** Looks at everything a start needs; never throws, never fetches, leaves nothing behind. */
export async function doctor(config: Checked): Promise<Finding[]> {
  const embeddedJvm = !config.kafka || !config.registry;
  const findings = await Promise.all(
    [
      node(),
      platformBinaries(config),
      embeddedJvm ? [java(), maven(config), jars(config)] : [],
      config.llm.model ? [] : pip(config),
      model(config),
      roleModels(config),
      externalParts(config),
      ports(config),
      directory(config),
      disk(config),
      docker(),
      browser(),
    ].flat(),
  );
  return findings.flat();
}

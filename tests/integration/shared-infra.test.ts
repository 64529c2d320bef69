// The parts that the integration tests share: started once, the same for everybody.
import { expect, it } from '@jest/globals';
import { describeOnInfra, startInfra } from '../support/infra.ts';

describeOnInfra('shared parts', () => {
  it('answer every caller with the same broker and registry', async () => {
    const [one, two] = await Promise.all([startInfra(), startInfra()]);
    expect(one).toEqual(two);
    expect((await fetch(`${one.registryUrl}/subjects`)).status).toBe(200);
  }, 300_000);
});

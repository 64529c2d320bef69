// After the last test: end what was started, and remove its data.
export default async function tearDown() {
  await globalThis.millraceInfra?.[Symbol.asyncDispose]();
}

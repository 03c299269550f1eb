// The toolchain runs on Lambda's Node, which the dev dependency `node` puts first on npm's PATH.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(`Node ${process.versions.node} is in use, where the toolchain needs 24 or newer.`);
  console.error(
    'help: run this through npm, after `npm ci`; its install script for the package `node` must be allowed',
  );
  process.exit(1);
}

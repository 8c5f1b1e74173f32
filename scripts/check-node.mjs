// Runs first in every script: plain JavaScript, so that an old Node can say what is wrong instead of a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) process.exit(0);
console.error(
  `Sallyport's scripts need Node 22.18 or later; this is ${process.versions.node}. Run npm ci: it installs Node 24 for them.`,
);
process.exit(2);

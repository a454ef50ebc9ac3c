/** Stands for the program in old-node.test.ts: says on which Node it runs and with which words, and ends with a code of its own. */
export function main() {
  process.stdout.write(`${process.versions.node} ${JSON.stringify(process.argv.slice(2))}\n`)
  process.exitCode = 7
}

// node duckdb.cjs FOLDER SQL: the folder holds node_modules with @duckdb/node-api
const [folder, sql] = process.argv.slice(2);
const { DuckDBInstance } = require(require.resolve('@duckdb/node-api', { paths: [folder] }));
(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const answer = await connection.runAndReadAll(sql);
  process.stdout.write(answer.getRows().map((row) => row[0] + '\n').join(''));
})();

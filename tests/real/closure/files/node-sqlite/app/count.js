const sqlite3 = require('sqlite3');

new sqlite3.Database(':memory:').get('select 1 as one', (error, row) => {
  if (error || row.one !== 1) process.exit(1);
});

const { Iconv } = require('iconv');

const converted = new Iconv('UTF-8', 'ISO-8859-1').convert('ä');
process.exit(converted.length === 1 ? 0 : 1);

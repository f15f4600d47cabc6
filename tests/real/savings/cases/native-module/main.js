const parser = new (require("node-expat").Parser)("UTF-8");
parser.on("startElement", name => console.log("element", name));
parser.write("<house/>");

package require sqlite3
package require tdom
package require json
sqlite3 db :memory:
db eval {create table t(a); insert into t values(1)}
puts [db eval {select count(*) from t}]
puts [[dom parse <a/>] asXML]
puts [json::json2dict {{"a": 1}}]

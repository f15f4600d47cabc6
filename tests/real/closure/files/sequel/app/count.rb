require "sequel"
require "bcrypt"
require "json"
require "msgpack"
DB = Sequel.sqlite
DB.create_table(:items) { primary_key :id; String :name }
DB[:items].insert(name: "a")
puts JSON.generate(DB[:items].all), MessagePack.pack([1]).bytesize
puts BCrypt::Password.create("x", cost: 4).cost

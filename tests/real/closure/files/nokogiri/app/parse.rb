require 'nokogiri'
require 'sqlite3'
require 'json'

page = Nokogiri::HTML('<p>hello</p>')
database = SQLite3::Database.new(':memory:')
puts JSON.generate(text: page.at('p').text, one: database.get_first_value('select 1'))
